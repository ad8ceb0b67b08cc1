/// Makes the names that nobody chooses: request ids, event ids, unique ids.
public struct Identifiers: Sendable {
    private let entropy: any Entropy

    public init(_ entropy: any Entropy) { self.entropy = entropy }

    /// A random UUID (version 4), lower case: request and event ids.
    public func uuid() -> String {
        var random: (UInt64, UInt64) = (0, 0)
        return withUnsafeMutableBytes(of: &random) { bytes in
            entropy.fill(bytes)
            bytes[6] = bytes[6] & 0x0F | 0x40
            bytes[8] = bytes[8] & 0x3F | 0x80
            return String(unsafeUninitializedCapacity: 36) { text in
                var at = 0
                for index in 0..<16 {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        text[at] = UInt8(ascii: "-")
                        at += 1
                    }
                    text[at] = Identifiers.digit(bytes[index] >> 4)
                    text[at + 1] = Identifiers.digit(bytes[index] & 15)
                    at += 2
                }
                return 36
            }
        }
    }

    /// A lower-case hexadecimal digit.
    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 { value &+ (value < 10 ? 0x30 : 0x57) }

    /// `count` characters of the Base32 alphabet (A–Z, 2–7), as in `AIDA…` and `AKIA…`.
    public func base32(_ count: Int) -> String { text(count, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") }

    /// Random bytes for ids of other forms.
    public func bytes(_ count: Int) -> [UInt8] { entropy.bytes(count) }

    /// `count` upper-case hexadecimal digits, as in S3's request ids.
    public func hexadecimal(_ count: Int) -> String { text(count, "0123456789ABCDEF") }

    /// The alphabet's length must be a power of two, so that no character is likelier than another.
    private func text(_ count: Int, _ alphabet: StaticString) -> String {
        let letters = Array(alphabet.description.utf8)
        return String(decoding: entropy.bytes(count).map { letters[Int($0) & (letters.count - 1)] }, as: UTF8.self)
    }
}
