/// The text of JSON strings: what must be escaped, and how.
/// - Source: RFC 8259, section 7.
enum JSONText {
    static let quote = UInt8(ascii: "\"")

    /// Whether nothing in `utf8` needs an escape. Eight bytes at a time: a byte is below 0x20, or equal to another,
    /// where subtracting borrows into its highest bit. A false alarm only costs the slower way.
    static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = utf8.count
        guard let start = UnsafeRawPointer(utf8.baseAddress) else { return true }
        var found: UInt64 = 0
        if count >= 8 {
            for at in stride(from: 0, to: count - 8, by: 8) {
                found |= suspects(start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            }
            // The last eight overlap those before.
            found |= suspects(start.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        } else {
            var word: UInt64 = 0x6161_6161_6161_6161
            for byte in utf8 { word = word << 8 | UInt64(byte) }
            found = suspects(word)
        }
        return found == 0
    }

    @inline(__always)
    private static func suspects(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let below = (word &- ones &* 0x20) & ~word
        return (below | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes) & (ones &* 0x80)
    }

    /// Appends the text in quotes. What needs no escape is copied in runs.
    static func append(_ utf8: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(quote)
        if isPlain(utf8) {
            bytes.append(contentsOf: utf8)
        } else {
            appendEscaped(utf8, to: &bytes)
        }
        bytes.append(quote)
    }

    private static func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var start = 0
        for index in 0..<utf8.count {
            let byte = utf8[index]
            if byte >= 0x20, byte != quote, byte != UInt8(ascii: "\\") { continue }
            bytes.append(contentsOf: utf8[start..<index])
            escape(byte, to: &bytes)
            start = index + 1
        }
        bytes.append(contentsOf: utf8[start...])
    }

    private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case quote, UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(Hex.lowercaseDigits[Int(byte >> 4)])
            bytes.append(Hex.lowercaseDigits[Int(byte & 15)])
        }
    }
}
