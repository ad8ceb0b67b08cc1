import Formats

/// A JSON value with its members in the order of the text: the model's order is the order of our members.
indirect enum JSONTree {
    case object([(key: String, value: JSONTree)])
    case array([JSONTree])
    case string(String)
    case number(String)
    case bool(Bool)
    case null

    init(_ bytes: [UInt8]) throws {
        var reader = JSONReader(bytes)
        self = try JSONTree(&reader)
        try reader.finish()
    }

    private init(_ reader: inout JSONReader) throws {
        switch try reader.peek() {
        case .object:
            var members: [(key: String, value: JSONTree)] = []
            try reader.beginObject()
            while let key = try reader.nextKey() { members.append((key, try JSONTree(&reader))) }
            self = .object(members)
        case .array:
            var elements: [JSONTree] = []
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try JSONTree(&reader)) }
            self = .array(elements)
        case .string: self = .string(try reader.readString())
        case .number: self = .number(try reader.readNumberText())
        case .bool: self = .bool(try reader.readBool())
        case .null:
            try reader.readNull()
            self = .null
        }
    }

    subscript(_ key: String) -> JSONTree? { members.first { $0.key == key }?.value }
    var members: [(key: String, value: JSONTree)] {
        if case .object(let members) = self { members } else { [] }
    }
    var elements: [JSONTree] {
        if case .array(let elements) = self { elements } else { [] }
    }
    var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }
    var integer: Int? { text.flatMap { Int($0) } ?? text.flatMap { Double($0) }.flatMap { Int(exactly: $0) } }
    var isTrue: Bool { if case .bool(true) = self { true } else { false } }
}
