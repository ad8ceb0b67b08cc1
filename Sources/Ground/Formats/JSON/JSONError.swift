/// Why a JSON text was refused, and where.
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong with the text.
    public enum Reason: Hashable, Sendable {
        /// A byte that no JSON text may hold at this place.
        case unexpectedByte(UInt8)
        case unexpectedEnd
        /// The value is well formed but of another kind than the reader asked for.
        case wrongKind(expected: JSONKind, found: JSONKind)
        case invalidUTF8
        case invalidEscape
        /// A `\uD800`–`\uDFFF` escape that is not half of a pair.
        case loneSurrogate
        case controlCharacter
        case invalidNumber
        /// A number that does not fit the type asked for.
        case numberOutOfRange
        case tooDeep(limit: Int)
        case trailingData
        case duplicateKey(String)
    }

    public let reason: Reason
    /// Byte offset into the text.
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) { (self.reason, self.offset) = (reason, offset) }
}

/// The kinds of JSON value, told by their first byte.
public enum JSONKind: Hashable, Sendable {
    case object, array, string, number, bool, null
}

/// A place in a text, for people: both counted from 1, the column in characters (Unicode scalars).
public struct TextPosition: Hashable, Sendable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

    /// The place of a byte offset. Lines end at LF; takes time proportional to `offset`.
    public init(offset: Int, in bytes: [UInt8]) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        (self.line, self.column) = (line, column)
    }
}

extension JSONError: CustomStringConvertible {
    /// For people: what is wrong, and at which byte, counted from 1.
    public var description: String {
        let what =
            switch reason {
            case .unexpectedByte(let byte): "unexpected '\(String(decoding: [byte], as: UTF8.self))'"
            case .unexpectedEnd: "the text ends too early"
            case .wrongKind(let expected, let found): "\(found) where \(expected) belongs"
            case .invalidUTF8: "no UTF-8"
            case .invalidEscape: "an escape that is none"
            case .loneSurrogate: "half of a surrogate pair"
            case .controlCharacter: "a control character within a string"
            case .invalidNumber: "a number that is none"
            case .numberOutOfRange: "a number out of range"
            case .tooDeep(let limit): "nested deeper than \(limit)"
            case .trailingData: "more after the end"
            case .duplicateKey(let key): "the field \"\(key)\" twice"
            }
        return "\(what), byte \(offset + 1)"
    }
}
