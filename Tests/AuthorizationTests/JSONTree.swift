import Formats

/// A JSON value with its exact text, for reading vectors.
struct JSONTree {
    enum Value {
        case object([(String, JSONTree)])
        case array([JSONTree])
        case string(String)
        case number(String)
        case bool(Bool)
        case null
    }
    let value: Value
    let text: [UInt8]

    init(_ bytes: [UInt8]) throws {
        var reader = JSONReader(bytes)
        self = try JSONTree(&reader)
        try reader.finish()
    }

    private init(_ reader: inout JSONReader) throws {
        let start = try reader.valueOffset()
        switch try reader.peek() {
        case .object:
            var members: [(String, JSONTree)] = []
            try reader.beginObject()
            while let key = try reader.nextKey() { members.append((key, try JSONTree(&reader))) }
            value = .object(members)
        case .array:
            var elements: [JSONTree] = []
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try JSONTree(&reader)) }
            value = .array(elements)
        case .string: value = .string(try reader.readString())
        case .number: value = .number(try reader.readNumberText())
        case .bool: value = .bool(try reader.readBool())
        case .null:
            try reader.readNull()
            value = .null
        }
        text = Array(reader.bytes[start..<reader.offset])
    }

    /// Nil for an absent member and for null.
    subscript(_ key: String) -> JSONTree? {
        guard case .object(let members) = value, let found = members.first(where: { $0.0 == key })?.1 else {
            return nil
        }
        if case .null = found.value { return nil }
        return found
    }

    var members: [(String, JSONTree)] { if case .object(let members) = value { members } else { [] } }
    var elements: [JSONTree] { if case .array(let elements) = value { elements } else { [] } }
    var string: String? { if case .string(let string) = value { string } else { nil } }
    var bool: Bool { if case .bool(let bool) = value { bool } else { false } }
    var strings: [String: String] { Dictionary(uniqueKeysWithValues: members.map { ($0.0, $0.1.string ?? "") }) }
}
