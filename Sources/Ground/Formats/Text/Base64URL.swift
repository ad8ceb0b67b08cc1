/// Base64 for URLs, without padding: as tokens and keys are written. One text for one sequence of bytes.
/// - Source: RFC 7515, section 2.
public enum Base64URL {
    /// Without padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text = Base64.encodeBytes(bytes)
        while text.last == UInt8(ascii: "=") { text.removeLast() }
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "+"): text[index] = UInt8(ascii: "-")
            case UInt8(ascii: "/"): text[index] = UInt8(ascii: "_")
            default: break
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for other characters, padding, and bits beyond the last byte that are not zero.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var padded: [UInt8] = []
        padded.reserveCapacity(text.count + 3)
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): padded.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): padded.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: padded.append(byte)
            }
        }
        guard padded.count % 4 != 1 else { return nil }
        while padded.count % 4 != 0 { padded.append(UInt8(ascii: "=")) }
        guard let bytes = Base64.decode(padded), Base64.encodeBytes(bytes) == padded else { return nil }
        return bytes
    }

    /// As of its bytes.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(text.utf8) }
}
