/// Looks at the tags of a text before the parser does, which compares each attribute of a tag with all before it.
enum XMLTags {
    /// - Throws: `.tooManyAttributes` for a tag with more than `limit`. What else is wrong is left to the parser.
    static func check(_ bytes: [UInt8], attributes limit: Int) throws(XMLError) {
        let isGood = bytes.withUnsafeBufferPointer { bytes in
            var at = 0
            while let start = bytes[at...].firstIndex(of: UInt8(ascii: "<")) {
                guard let end = pastTag(bytes, start, limit) else { return false }
                at = end
            }
            return true
        }
        if !isGood { throw .tooManyAttributes(limit: limit) }
    }

    /// Where what begins at `start` is over. Nil for a tag with too many attributes.
    private static func pastTag(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ limit: Int) -> Int? {
        for (opening, closing) in passedOver where bytes[start...].starts(with: opening.utf8Bytes) {
            return past(closing.utf8Bytes, bytes, start + opening.utf8CodeUnitCount)
        }
        var (at, quote, attributes) = (start + 1, UInt8(0), 0)
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if quote != 0 {
                if byte == quote { quote = 0 }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: "="):
                attributes += 1
                if attributes > limit { return nil }
            case UInt8(ascii: ">"): return at
            default: break
            }
        }
        return at
    }

    /// What is no tag, and may hold anything.
    private static let passedOver: [(StaticString, StaticString)] = [
        ("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"),
    ]

    /// Behind the first `closing` at or after `start`; the end of the text where there is none.
    private static func past(
        _ closing: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int
    ) -> Int {
        var at = start
        while at + closing.count <= bytes.count {
            if bytes[at...].starts(with: closing) { return at + closing.count }
            at += 1
        }
        return bytes.count
    }
}

extension StaticString {
    fileprivate var utf8Bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
