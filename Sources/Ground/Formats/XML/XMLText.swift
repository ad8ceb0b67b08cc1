import World

/// The text of XML elements: what is written as a reference.
/// - Source: XML 1.0, sections 2.4 and 4.1.
enum XMLText {
    /// Whether nothing in `utf8` needs a reference. A false alarm, such as for a tab, only costs the slower way.
    static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        utf8.span.isClear { word in
            // `<` and `>` differ in one bit, `"` and `&` in another.
            ByteWord.below(0x20, word) | ByteWord.equal(0x3E, word | ByteWord.all(0x02))
                | ByteWord.equal(0x26, word | ByteWord.all(0x04))
        }
    }

    static func needsReference(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""): true
        default: byte < 0x20 && byte != 0x0A && byte != 0x09
        }
    }

    static func appendReference(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
        case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
        case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
        case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
        default: bytes.append(contentsOf: "&#x\(String(byte, radix: 16));".utf8)
        }
    }
}
