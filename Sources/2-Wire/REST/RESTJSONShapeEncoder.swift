import HTTP
import Smithy
import World

/// Writes the output of a REST JSON operation: what travels in status and headers as REST XML does, the rest as JSON.
struct RESTJSONShapeEncoder: ShapeEncoder {
    private enum Place { case document, payload, outside }

    private let schema: Schema
    private var outside: RESTShapeEncoder
    private var document: JSONShapeEncoder
    private var place = Place.outside

    init(_ schema: Schema) {
        self.schema = schema
        outside = RESTShapeEncoder(schema, root: "", namespace: "")
        document = JSONShapeEncoder(schema)
    }

    var status: Int? { outside.status }
    var contentLength: Int64? { outside.contentLength }

    /// Writes all of `output`. An output without a payload member is an object, be it an empty one.
    mutating func encode<T: Shape>(_ output: T) -> (header: HeaderBlock, body: ResponseBody) {
        if schema.payload == nil { document.open() }
        output.put(&self)
        if schema.payload == nil { document.close() }
        var header = outside.header
        if let body = outside.payload { return (header, body) }
        guard !document.bytes.isEmpty else { return (header, .empty) }
        if !outside.hasContentType { header.add("Content-Type", "application/json") }
        return (header, .bytes(document.bytes))
    }

    mutating func member(_ index: Int) {
        let member = schema.members[index]
        guard member.location == .body else { return bind(index) }
        guard member.isPayload else {
            place = .document
            return document.member(index)
        }
        switch member.kind {
        case .structure, .list, .map:
            place = .payload
            document.enter(member)
        default: bind(index)
        }
    }

    private mutating func bind(_ index: Int) {
        place = .outside
        outside.member(index)
    }

    private mutating func write(_ value: some ShapeValue) {
        if place == .outside { value.write(&outside) } else { value.write(&document) }
    }

    mutating func string(_ value: String) { write(value) }
    mutating func integer(_ value: Int) { write(value) }
    mutating func boolean(_ value: Bool) { write(value) }
    mutating func double(_ value: Double) { write(value) }
    mutating func instant(_ value: Instant) { write(value) }
    mutating func blob(_ value: [UInt8]) { write(value) }
    mutating func body(_ value: StreamingBody) { if place == .outside { outside.body(value) } }
    mutating func structure<T: Shape>(_ value: T) { document.structure(value) }
    mutating func list<T: ShapeValue>(_ values: [T]) {
        if place == .outside { outside.list(values) } else { document.list(values) }
    }
    mutating func map<T: ShapeValue>(_ entries: [String: T]) {
        if place == .outside { outside.map(entries) } else { document.map(entries) }
    }
}
