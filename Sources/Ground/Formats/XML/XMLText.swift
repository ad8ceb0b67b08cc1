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

    /// How many bytes are written of `utf8`.
    static func length(_ utf8: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for byte in utf8 { count += length(of: byte) }
        return count
    }

    /// How many bytes the reference has, or the byte where it needs none.
    @inline(__always)
    private static func length(of byte: UInt8) -> Int {
        guard needsReference(byte) else { return 1 }
        switch byte {
        case UInt8(ascii: "&"): return 5
        case UInt8(ascii: "<"), UInt8(ascii: ">"): return 4
        case UInt8(ascii: "\""): return 6
        default: return byte < 0x10 ? 5 : 6
        }
    }

    static func putReference(_ byte: UInt8, _ place: inout ByteRoom.Place) {
        switch byte {
        case UInt8(ascii: "&"): place.put("&amp;")
        case UInt8(ascii: "<"): place.put("&lt;")
        case UInt8(ascii: ">"): place.put("&gt;")
        case UInt8(ascii: "\""): place.put("&quot;")
        default:
            place.put("&#x")
            if byte >= 0x10 { place.put(UInt8(ascii: "1")) }
            let digit = byte & 0x0F
            place.put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            place.put(UInt8(ascii: ";"))
        }
    }
}
