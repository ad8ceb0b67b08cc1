import Formats

/// A JSON value with its place in the text: bytes, quotes and brackets included.
struct TextNode {
    indirect enum Value {
        case object([Member])
        case array([TextNode])
        case string(String)
        case number(String)
        case bool(Bool)
        case null
    }

    /// A member of an object; `keyRange` includes the quotes.
    struct Member {
        let key: String
        let keyRange: Range<Int>
        let node: TextNode
    }

    let value: Value
    let range: Range<Int>

    /// The whole of a text. As the policy parser, it takes nothing deeper than 32 levels and no repeated key.
    /// - Throws: the parser's own verdict on what is no JSON, since both read with one reader.
    static func read(_ text: [UInt8]) throws(JSONError) -> TextNode {
        var reader = JSONReader(text, depthLimit: 32)
        let node = try TextNode(&reader)
        try reader.finish()
        return node
    }

    private init(_ reader: inout JSONReader) throws(JSONError) {
        let start = try reader.valueOffset()
        switch try reader.peek() {
        case .object: value = .object(try TextNode.members(&reader))
        case .array:
            var elements: [TextNode] = []
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try TextNode(&reader)) }
            value = .array(elements)
        case .string: value = .string(try reader.readString())
        case .number: value = .number(try reader.readNumberText())
        case .bool: value = .bool(try reader.readBool())
        case .null:
            try reader.readNull()
            value = .null
        }
        range = start..<reader.offset
    }

    private static func members(_ reader: inout JSONReader) throws(JSONError) -> [Member] {
        var members: [Member] = []
        var keys = JSONKeys()
        try reader.beginObject()
        while let token = try reader.nextKeyToken() {
            let key = reader.text(of: token)
            try keys.note(key, at: reader.keyOffset)
            let range = token.range.lowerBound - 1..<token.range.upperBound + 1
            members.append(Member(key: key, keyRange: range, node: try TextNode(&reader)))
        }
        return members
    }

    /// The value's kind as JSON calls it.
    var kindName: String {
        switch value {
        case .object: "object"
        case .array: "array"
        case .string: "string"
        case .number: "number"
        case .bool: "boolean"
        case .null: "null"
        }
    }
}
