/// Reads a JSON text value by value, without building a tree.
///
/// The caller drives: `peek` tells the kind of the next value, `readX` consumes it. A container is read as
///
///     try reader.beginObject()
///     while let key = try reader.nextKey() { … consume exactly one value … }
///
/// and likewise `beginArray` and `while try reader.nextElement()`. Call `finish` at the end: it refuses trailing data.
/// Every byte that is passed over is validated, also by `skipValue`. A repeated key is the caller's to notice
/// (`JSONKeys` helps). Strings may hold any Unicode scalar, U+0000 included.
/// - Source: RFC 8259.
public struct JSONReader: Sendable {
    public let bytes: [UInt8]
    /// Offset of the next unread byte.
    public internal(set) var offset: Int
    /// Containers now open.
    public internal(set) var depth = 0
    public let depthLimit: Int
    /// Where the key last returned by `nextKey` begins (its quote).
    public internal(set) var keyOffset = 0
    /// True directly after `[` or `{`: no comma is due.
    var isFirst = false

    public init(_ bytes: [UInt8], depthLimit: Int = 100) {
        self.bytes = bytes
        self.depthLimit = depthLimit
        offset = 0
    }

    /// Reads one value that lies within a larger text, such as a range that `captureValue` returned.
    public init(_ bytes: [UInt8], from offset: Int, depthLimit: Int = 100) {
        self.bytes = bytes
        self.depthLimit = depthLimit
        self.offset = offset
    }

    /// The kind of the next value; consumes white space only.
    public mutating func peek() throws(JSONError) -> JSONKind {
        switch try peekByte() {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number
        case let byte: throw JSONError(.unexpectedByte(byte), at: offset)
        }
    }

    /// Offset of the first byte of the next value.
    public mutating func valueOffset() throws(JSONError) -> Int {
        _ = try peekByte()
        return offset
    }

    /// Enters the object that is next.
    public mutating func beginObject() throws(JSONError) { try begin(UInt8(ascii: "{"), .object) }
    /// Enters the array that is next.
    public mutating func beginArray() throws(JSONError) { try begin(UInt8(ascii: "["), .array) }

    /// The next key of the object being read, its colon consumed; nil when the object ends.
    public mutating func nextKey() throws(JSONError) -> String? {
        guard let token = try nextKeyToken() else { return nil }
        return text(of: token)
    }

    /// As `nextKey`, without making a string.
    public mutating func nextKeyToken() throws(JSONError) -> JSONString? {
        guard try advance(orEndAt: UInt8(ascii: "}")) else { return nil }
        keyOffset = offset
        guard bytes[offset] == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte(bytes[offset]), at: offset) }
        let token = try scanString()
        guard try peekByte() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte(bytes[offset]), at: offset) }
        offset += 1
        return token
    }

    /// True if the array being read has another element, which is then next; false when the array ends.
    public mutating func nextElement() throws(JSONError) -> Bool { try advance(orEndAt: UInt8(ascii: "]")) }

    /// Ends the text: only white space may follow.
    public mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard offset == bytes.count else { throw JSONError(.trailingData, at: offset) }
    }

    /// Consumes `true` or `false`.
    public mutating func readBool() throws(JSONError) -> Bool {
        let kind = try peek()
        guard kind == .bool else { throw JSONError(.wrongKind(expected: .bool, found: kind), at: offset) }
        let value = bytes[offset] == UInt8(ascii: "t")
        try literal(value ? "true" : "false")
        return value
    }

    /// Consumes `null`; anything else is `wrongKind`.
    public mutating func readNull() throws(JSONError) {
        let kind = try peek()
        guard kind == .null else { throw JSONError(.wrongKind(expected: .null, found: kind), at: offset) }
        try literal("null")
    }

    /// Consumes a `null` if one is next.
    public mutating func readNullIfPresent() throws(JSONError) -> Bool {
        guard try peekByte() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }
}

extension JSONReader {
    mutating func skipWhitespace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    mutating func peekByte() throws(JSONError) -> UInt8 {
        skipWhitespace()
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
        return bytes[offset]
    }

    mutating func literal(_ text: StaticString) throws(JSONError) {
        let start = offset
        for index in 0..<text.utf8CodeUnitCount {
            guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
            guard bytes[offset] == text.utf8Start[index] else {
                throw JSONError(.unexpectedByte(bytes[start]), at: start)
            }
            offset += 1
        }
        isFirst = false
    }

    private mutating func begin(_ opening: UInt8, _ kind: JSONKind) throws(JSONError) {
        let found = try peek()
        guard found == kind else { throw JSONError(.wrongKind(expected: kind, found: found), at: offset) }
        guard depth < depthLimit else { throw JSONError(.tooDeep(limit: depthLimit), at: offset) }
        depth += 1
        offset += 1
        isFirst = true
    }

    /// Passes the comma before the next member, or the closing byte; true if a member follows.
    private mutating func advance(orEndAt closing: UInt8) throws(JSONError) -> Bool {
        precondition(depth > 0, "no container is open")
        let byte = try peekByte()
        if byte == closing {
            offset += 1
            depth -= 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte(byte), at: offset) }
        offset += 1
        let next = try peekByte()
        guard next != closing else { throw JSONError(.unexpectedByte(next), at: offset) }
        return true
    }
}

/// Notices a key that an object repeats.
public struct JSONKeys {
    private var seen: Set<String> = []

    public init() {}

    /// Throws `duplicateKey` at `offset` if `key` was noted before.
    public mutating func note(_ key: String, at offset: Int) throws(JSONError) {
        guard seen.insert(key).inserted else { throw JSONError(.duplicateKey(key), at: offset) }
    }
}
