import Smithy
import World

/// Finds which members of a structure were given, by having it write itself.
struct GivenMembers: ShapeEncoder {
    private var indices: [Int] = []

    /// Throws where `input` gives one of the members named.
    static func refuse(_ names: [String], in input: some Shape) throws {
        var given = GivenMembers()
        input.put(&given)
        let schema = type(of: input).schema
        for index in given.indices where names.contains(schema.members[index].name) {
            throw NotImplemented("The parameter \(schema.members[index].name)")
        }
    }

    mutating func member(_ index: Int) { indices.append(index) }
    mutating func string(_ value: String) {}
    mutating func integer(_ value: Int) {}
    mutating func boolean(_ value: Bool) {}
    mutating func double(_ value: Double) {}
    mutating func instant(_ value: Instant) {}
    mutating func blob(_ value: [UInt8]) {}
    mutating func body(_ value: StreamingBody) {}
    // Members of members are not asked about.
    mutating func structure<T: Shape>(_ value: T) {}
    mutating func list<T: ShapeValue>(_ values: [T]) {}
    mutating func map<T: ShapeValue>(_ entries: [String: T]) {}
}
