import World

/// What look-ups found: a second one of the same kind and name needs no statement.
///
/// Belongs to a connection and is emptied when its snapshot is left for one that may see other things. Nothing in it is
/// older than the last change that anybody was told of before the read began.
final class Memory {
    private struct Key: Hashable {
        let type: ObjectIdentifier
        let place, name: String

        /// By bytes: an equivalent name is another one.
        static func == (left: Key, right: Key) -> Bool {
            left.type == right.type && left.name.hasSameBytes(as: right.name)
                && left.place.hasSameBytes(as: right.place)
        }
    }

    private var found: [Key: AnyObject] = [:]

    /// Beyond this many everything is forgotten: names are the callers' choice.
    private static let capacity = 2048

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
