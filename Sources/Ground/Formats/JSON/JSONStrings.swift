import World

/// A string as it stands in the text: validated, not yet unescaped.
public struct JSONString: Hashable, Sendable {
    /// Offsets of the first byte after the opening quote and of the closing quote.
    public let range: Range<Int>
    /// True if the bytes of `range` are the string itself: no escapes.
    public let isPlain: Bool
}

extension JSONReader {
    /// Consumes a string and unescapes it.
    public mutating func readString() throws(JSONError) -> String { text(of: try readStringToken()) }

    /// The string's UTF-8.
    public mutating func readStringBytes() throws(JSONError) -> [UInt8] { utf8(of: try readStringToken()) }

    /// As `readString`, without making a string.
    public mutating func readStringToken() throws(JSONError) -> JSONString {
        let kind = try peek()
        guard kind == .string else { throw JSONError(.wrongKind(expected: .string, found: kind), at: offset) }
        let token = try scanString()
        isFirst = false
        return token
    }

    /// The string that a token stands for.
    public func text(of token: JSONString) -> String {
        token.isPlain
            ? String(decoding: bytes[token.range], as: UTF8.self)
            : String(decoding: unescaped(token.range), as: UTF8.self)
    }

    /// The UTF-8 of the string that a token stands for.
    public func utf8(of token: JSONString) -> [UInt8] {
        token.isPlain ? Array(bytes[token.range]) : unescaped(token.range)
    }

    /// True if the string is `name`.
    public func matches(_ token: JSONString, _ name: [UInt8]) -> Bool {
        guard token.isPlain else { return unescaped(token.range) == name }
        guard token.range.count == name.count else { return false }
        var at = token.range.lowerBound
        for byte in name {
            if bytes[at] != byte { return false }
            at += 1
        }
        return true
    }

    /// Validates the string whose quote is at `offset`, and passes it.
    mutating func scanString() throws(JSONError) -> JSONString {
        let start = offset + 1
        var at = start
        var isPlain = true
        let count = bytes.count
        while true {
            at = plainEnd(from: at)
            guard at < count else { break }
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                offset = at + 1
                return JSONString(range: start..<at, isPlain: isPlain)
            }
            if byte >= 0x80 {
                at += try UTF8Check.length(at: at, in: bytes)
            } else if byte == UInt8(ascii: "\\") {
                isPlain = false
                at += try escapeLength(at: at)
            } else {
                throw JSONError(.controlCharacter, at: at)
            }
        }
        throw JSONError(.unexpectedEnd, at: count)
    }

    /// The first byte from `start` on that is not a plain ASCII character of a string.
    private func plainEnd(from start: Int) -> Int {
        let text = bytes.span
        var at = start
        while at < text.count {
            let byte = text[at]
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return at }
            at += 1
        }
        return at
    }

    /// Bytes of the escape at `at`, a surrogate pair counted whole.
    private func escapeLength(at: Int) throws(JSONError) -> Int {
        guard at + 1 < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        switch bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            guard let unit = codeUnit(at: at) else { throw JSONError(.invalidEscape, at: at) }
            guard (0xD800...0xDFFF).contains(unit) else { return 6 }
            guard unit < 0xDC00, let low = codeUnit(at: at + 6), (0xDC00...0xDFFF).contains(low) else {
                throw JSONError(.loneSurrogate, at: at)
            }
            return 12
        default:
            throw JSONError(.invalidEscape, at: at)
        }
    }

    /// The UTF-16 code unit of a `\uXXXX` at `at`; nil if there is none.
    private func codeUnit(at: Int) -> UInt32? {
        guard at + 6 <= bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for index in at + 2..<at + 6 {
            guard let digit = Hexadecimal.value(of: bytes[index]) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// The UTF-8 of a string that `scanString` has validated.
    private func unescaped(_ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var at = range.lowerBound
        while at < range.upperBound {
            guard bytes[at] == UInt8(ascii: "\\") else {
                result.append(bytes[at])
                at += 1
                continue
            }
            guard let unit = codeUnit(at: at) else {
                result.append(JSONReader.shortEscape(bytes[at + 1]))
                at += 2
                continue
            }
            var scalar = unit
            if (0xD800...0xDBFF).contains(unit), let low = codeUnit(at: at + 6) {
                scalar = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                at += 6
            }
            at += 6
            result.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
        }
        return result
    }

    private static func shortEscape(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }
}

/// UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
/// - Source: The Unicode Standard, table 3-7.
enum UTF8Check {
    /// Bytes of the multi-byte sequence at `at`.
    static func length(at: Int, in bytes: [UInt8]) throws(JSONError) -> Int {
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch bytes[at] {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: throw JSONError(.invalidUTF8, at: at)
            }
        guard at + length <= bytes.count, second.contains(bytes[at + 1]) else { throw JSONError(.invalidUTF8, at: at) }
        for index in at + 2..<at + max(length, 2) where bytes[index] & 0xC0 != 0x80 {
            throw JSONError(.invalidUTF8, at: at)
        }
        return length
    }
}
