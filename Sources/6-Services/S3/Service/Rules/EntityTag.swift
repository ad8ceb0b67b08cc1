import Crypto
import World

/// An object's entity tag, in hexadecimal digits and quotes: the MD5 of its content, or random bytes where S3's own keys do
/// not protect it. Of an object made of parts: the MD5 of their tags, a hyphen and their number.
/// - Source: S3 API Reference, "Object", `ETag`.
enum EntityTag {
    static func text(_ tag: [UInt8]) -> String { "\"" + String(decoding: plain(tag), as: UTF8.self) + "\"" }

    /// Without its quotes. Behind the 16 bytes of the tag proper there may be 2 with the number of parts.
    private static func plain(_ tag: [UInt8]) -> [UInt8] {
        guard tag.count == 18 else { return Hexadecimal.encode(tag) }
        return Hexadecimal.encode(Array(tag[..<16])) + Array("-\(Int(tag[16]) << 8 | Int(tag[17]))".utf8)
    }

    /// The tag of an object made of parts. - Parameter tags: of the parts, in their order.
    static func combined(_ tags: [[UInt8]]) -> [UInt8] {
        MD5.hash(tags.flatMap { $0 })
            + [UInt8(truncatingIfNeeded: tags.count >> 8), UInt8(truncatingIfNeeded: tags.count)]
    }

    /// Whether a text is the tag, with its quotes or without.
    static func isSame(_ text: String, _ tag: [UInt8]) -> Bool {
        var value = text.utf8[...]
        if value.count >= 2, value.first == UInt8(ascii: "\""), value.last == UInt8(ascii: "\"") {
            value = value.dropFirst().dropLast()
        }
        return value.elementsEqual(plain(tag))
    }

    /// Whether a header names the tag: alone or in a list, with its quotes or without, or as `*`.
    /// - Source: RFC 9110, section 13.1; S3 also takes tags without quotes.
    static func matches(_ header: String, _ tag: [UInt8]) -> Bool {
        let wanted = plain(tag)
        return header.utf8.split(separator: UInt8(ascii: ",")).contains { part in
            var value = trimmed(part)
            if value.elementsEqual("*".utf8) { return true }
            if value.starts(with: "W/".utf8) { value = value.dropFirst(2) }
            if value.count >= 2, value.first == UInt8(ascii: "\""), value.last == UInt8(ascii: "\"") {
                value = value.dropFirst().dropLast()
            }
            return value.elementsEqual(wanted)
        }
    }

    private static func trimmed(_ part: Substring.UTF8View) -> Substring.UTF8View {
        var value = part
        while value.first == 0x20 || value.first == 0x09 { value = value.dropFirst() }
        while value.last == 0x20 || value.last == 0x09 { value = value.dropLast() }
        return value
    }
}
