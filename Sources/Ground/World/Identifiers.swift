/// Makes the names that nobody chooses: request ids, event ids, unique ids.
public struct Identifiers: Sendable {
    private let entropy: any Entropy

    public init(_ entropy: any Entropy) { self.entropy = entropy }

    /// A random UUID (version 4), lower case: request and event ids.
    public func uuid() -> String {
        var random: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &random) { bytes in
            entropy.fill(bytes)
            bytes[6] = bytes[6] & 0x0F | 0x40
            bytes[8] = bytes[8] & 0x3F | 0x80
        }
        let (first, second) = (random.0.littleEndian, random.1.littleEndian)
        return String(unsafeUninitializedCapacity: 36) { text in
            let text = UnsafeMutableRawBufferPointer(text)
            let (low, high) = (Identifiers.digits(first >> 32), Identifiers.digits(second))
            text.storeBytes(of: Identifiers.digits(first), as: UInt64.self)
            text.storeBytes(of: low << 8 | Identifiers.dash, toByteOffset: 8, as: UInt64.self)
            text.storeBytes(of: (low >> 32) << 8 | Identifiers.dash, toByteOffset: 13, as: UInt64.self)
            text.storeBytes(of: high << 8 | Identifiers.dash, toByteOffset: 18, as: UInt64.self)
            text.storeBytes(of: (high >> 32) << 8 | Identifiers.dash, toByteOffset: 23, as: UInt64.self)
            text.storeBytes(of: Identifiers.digits(second >> 32), toByteOffset: 28, as: UInt64.self)
            return 36
        }
    }

    private static let dash = UInt64(UInt8(ascii: "-"))

    /// Of the four lowest bytes.
    @inline(__always)
    private static func digits(_ bytes: UInt64) -> UInt64 { Hexadecimal.digits(UInt32(truncatingIfNeeded: bytes)) }

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
