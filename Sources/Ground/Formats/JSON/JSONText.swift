import World

/// The text of JSON strings: what must be escaped, and how.
/// - Source: RFC 8259, section 7.
enum JSONText {
    static let quote = UInt8(ascii: "\"")

    /// Whether nothing in `utf8` needs an escape. A false alarm only costs the slower way.
    static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        utf8.span.isClear { word in
            ByteWord.below(0x20, word) | ByteWord.equal(quote, word)
                | ByteWord.equal(UInt8(ascii: "\\"), word)
        }
    }

    /// The text as it stands between its quotes. What needs no escape is copied in runs.
    static func escaped(_ utf8: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var start = 0
        for index in 0..<utf8.count {
            let byte = utf8[index]
            if byte >= 0x20, byte != quote, byte != UInt8(ascii: "\\") { continue }
            bytes.append(contentsOf: utf8[start..<index])
            escape(byte, to: &bytes)
            start = index + 1
        }
        bytes.append(contentsOf: utf8[start...])
        return bytes
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
            Hexadecimal.append(byte, to: &bytes)
        }
    }
}
