import Formats

/// Reads JSON objects field by field, and notes what it does not know instead of passing over it.
///
/// A field that is null is as if absent. A repeated field is an error, as all JSON faults are.
public struct FieldReader {
    private var json: JSONReader
    /// Fields nobody asked for, as `request.principal.colour`.
    public private(set) var unknownFields: [String] = []
    /// What was read but means nothing, in words.
    public private(set) var problems: [String] = []
    private var path: [String] = []

    /// Reads nothing yet.
    public init(_ bytes: [UInt8]) { json = JSONReader(bytes) }

    /// The whole text: one object.
    public mutating func document(
        _ field: (inout FieldReader, _ name: String) throws -> Bool
    ) throws {
        try object(field)
        try json.finish()
    }

    /// Hands each field's name to `field`, which reads its value, or returns false without reading for one it does not know.
    public mutating func object(_ field: (inout FieldReader, _ name: String) throws -> Bool) throws {
        var keys = JSONKeys()
        try json.beginObject()
        while let name = try json.nextKey() {
            try keys.note(name, at: json.keyOffset)
            path.append(name)
            if try !json.readNullIfPresent(), try !field(&self, name) {
                unknownFields.append(path.joined(separator: "."))
                try json.skipValue()
            }
            path.removeLast()
        }
    }

    /// Hands each element to `element`.
    public mutating func array(_ element: (inout FieldReader) throws -> Void) throws {
        try json.beginArray()
        while try json.nextElement() { try element(&self) }
    }

    /// A string.
    public mutating func string() throws -> String { try json.readString() }
    /// A boolean.
    public mutating func bool() throws -> Bool { try json.readBool() }
    /// What the next value is.
    public mutating func isArray() throws -> Bool { try json.peek() == .array }
    /// Whether the next value is an object.
    public mutating func isObject() throws -> Bool { try json.peek() == .object }

    /// A string, or a number or boolean as its text.
    public mutating func scalar() throws -> String {
        switch try json.peek() {
        case .number: try json.readNumberText()
        case .bool: try json.readBool() ? "true" : "false"
        default: try json.readString()
        }
    }

    /// One scalar or a list of them.
    public mutating func scalars() throws -> [String] {
        guard try json.peek() == .array else { return [try scalar()] }
        var values: [String] = []
        try array { reader in values.append(try reader.scalar()) }
        return values
    }

    /// An object of scalars.
    public mutating func scalarsByName() throws -> [(name: String, value: String)] {
        var values: [(name: String, value: String)] = []
        try object { reader, name in
            values.append((name, try reader.scalar()))
            return true
        }
        return values
    }

    /// A policy: an object as it stands, or the text within a string.
    public mutating func policy() throws -> [UInt8] {
        if try json.peek() == .string { return try json.readStringBytes() }
        let range = try json.captureValue()
        return Array(json.bytes[range])
    }

    /// Notes that the value just read means nothing.
    public mutating func complain(_ problem: String) {
        problems.append((path.isEmpty ? "" : path.joined(separator: ".") + ": ") + problem)
    }

    /// Passes a value of any kind.
    public mutating func skip() throws { try json.skipValue() }
}
