import Smithy
import World

/// Collects the members of a structure that are attributes of its element: the type of an S3 grantee is the only one.
struct XMLAttributes: ShapeEncoder {
    private let members: [MemberSchema]
    private var position = 0
    private var found: [(name: String, value: String)] = []

    /// Names with a prefix bring what the prefix stands for.
    static func of<T: Shape>(_ value: T) -> [(name: String, value: String)] {
        var collector = XMLAttributes(T.schema)
        value.put(&collector)
        guard collector.found.contains(where: { $0.name.hasPrefix("xsi:") }) else { return collector.found }
        return [("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")] + collector.found
    }

    private init(_ schema: Schema) { members = schema.members }

    mutating func member(_ index: Int) { position = index }

    mutating func string(_ value: String) {
        guard members[position].isAttribute else { return }
        found.append((String(decoding: members[position].wireBytes, as: UTF8.self), value))
    }

    // Attributes are texts.
    mutating func integer(_ value: Int) {}
    mutating func boolean(_ value: Bool) {}
    mutating func double(_ value: Double) {}
    mutating func instant(_ value: Instant) {}
    mutating func blob(_ value: [UInt8]) {}
    mutating func body(_ value: StreamingBody) {}
    mutating func structure<T: Shape>(_ value: T) {}
    mutating func list<T: ShapeValue>(_ values: [T]) {}
    mutating func map<T: ShapeValue>(_ entries: [String: T]) {}
}
