import Formats
import Smithy
import World

/// Writes shapes as JSON.
struct JSONShapeEncoder: ShapeEncoder {
    private var writer: JSONWriter
    private var schema: Schema
    private var current: MemberSchema?

    init(_ schema: Schema) {
        (writer, self.schema) = (JSONWriter(), schema)
    }

    static func encode<T: Shape>(_ value: T) -> [UInt8] {
        var encoder = JSONShapeEncoder(T.schema)
        encoder.structure(value)
        return encoder.writer.bytes
    }

    /// The text so far.
    var bytes: [UInt8] { writer.bytes }

    /// Begins an object whose members the caller announces one by one.
    mutating func open() { writer.beginObject() }
    mutating func close() { writer.endObject() }

    /// The next value is a whole text, in the form of that member.
    mutating func enter(_ member: MemberSchema) { current = member }

    mutating func member(_ index: Int) {
        let member = schema.members[index]
        writer.key(member.wireName)
        current = member
    }

    mutating func structure<T: Shape>(_ value: T) {
        let outer = schema
        schema = T.schema
        writer.beginObject()
        value.put(&self)
        writer.endObject()
        schema = outer
    }

    mutating func list<T: ShapeValue>(_ values: [T]) {
        let element = current?.element
        writer.beginArray()
        for value in values {
            current = element
            value.write(&self)
        }
        writer.endArray()
    }

    mutating func map<T: ShapeValue>(_ entries: [String: T]) {
        let element = current?.element
        writer.beginObject()
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            writer.key(key)
            current = element
            value.write(&self)
        }
        writer.endObject()
    }

    mutating func string(_ value: String) { writer.string(value) }
    mutating func integer(_ value: Int) { writer.integer(value) }
    mutating func boolean(_ value: Bool) { writer.bool(value) }
    mutating func double(_ value: Double) { writer.double(value) }
    mutating func blob(_ value: [UInt8]) { writer.string(Base64.encode(value)) }

    mutating func instant(_ value: Instant) {
        switch current?.timestampFormat ?? .unix {
        case .unix: writer.double(Double(value.milliseconds) / 1000)
        case .iso8601: writer.string(value.iso8601)
        case .rfc822: writer.string(value.httpDate)
        }
    }

    /// A streaming body has no JSON form; no JSON operation has one.
    mutating func body(_ value: StreamingBody) { writer.null() }
}
