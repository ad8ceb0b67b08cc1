/// What look-ups on one snapshot found: a second one of the same kind and name needs no statement.
///
/// Belongs to a connection and is emptied whenever its snapshot is: nothing in it can be older than the view.
final class Memory {
    private struct Key: Hashable {
        let type: ObjectIdentifier
        let place, name: String
    }

    private var found: [Key: AnyObject] = [:]

    /// Beyond this many everything is forgotten: names are the callers' choice.
    private static let capacity = 512

    func value<Value: AnyObject>(_ place: String, _ name: String, make: () throws -> Value) rethrows -> Value {
        let key = Key(type: ObjectIdentifier(Value.self), place: place, name: name)
        // The key holds the type, so what lies there is of it.
        if let known = found[key] { return unsafeDowncast(known, to: Value.self) }
        let value = try make()
        if found.count >= Memory.capacity { forget() }
        found[key] = value
        return value
    }

    func forget() { found.removeAll(keepingCapacity: true) }
}
