import Foundation
import HTTP
import Smithy
import World

/// Turns a shape into the tree of plain values that botocore's parameters are, by the model's names.
struct CanonicalEncoder: ShapeEncoder {
    var result: Any = NSNull()
    private var schema: Schema
    private var fields: [String: Any] = [:]
    private var name: String?

    init(_ schema: Schema) { self.schema = schema }

    static func tree<T: Shape>(_ value: T) -> [String: Any] {
        var encoder = CanonicalEncoder(T.schema)
        value.put(&encoder)
        return encoder.fields
    }

    private mutating func add(_ value: Any) {
        if let name { fields[name] = value } else { result = value }
        name = nil
    }

    mutating func member(_ index: Int) { name = schema.members[index].name }
    mutating func string(_ value: String) { add(value) }
    mutating func integer(_ value: Int) { add(value) }
    mutating func boolean(_ value: Bool) { add(value) }
    mutating func double(_ value: Double) { add(value) }
    mutating func instant(_ value: Instant) { add(Int(value.seconds)) }
    mutating func blob(_ value: [UInt8]) { add(Data(value).base64EncodedString()) }
    mutating func body(_ value: StreamingBody) { if case .request = value { add("stream") } else { name = nil } }
    mutating func structure<T: Shape>(_ value: T) { add(CanonicalEncoder.tree(value)) }

    mutating func list<T: ShapeValue>(_ values: [T]) {
        add(
            values.map { value -> Any in
                var encoder = CanonicalEncoder(schema)
                value.write(&encoder)
                return encoder.result
            })
    }

    mutating func map<T: ShapeValue>(_ entries: [String: T]) {
        add(
            entries.mapValues { value -> Any in
                var encoder = CanonicalEncoder(schema)
                value.write(&encoder)
                return encoder.result
            })
    }
}
