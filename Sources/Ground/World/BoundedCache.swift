/// Things made ready for keys, at most `limit` of them; what was not used for long goes first.
///
/// Two halves: what is asked for moves into the young one, and when that is full the old one is dropped. No list to keep in
/// order, and one look-up for what is used often.
public final class BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Halves {
        var young: [Key: Value] = [:]
        var old: [Key: Value] = [:]

        /// Gives what had to go.
        mutating func add(_ value: Value, for key: Key, _ half: Int) -> [Key: Value] {
            var dropped: [Key: Value] = [:]
            if young.count >= half {
                (dropped, old) = (old, young)
                young = [:]
            }
            young[key] = value
            return dropped
        }
    }

    private let halves = Lock(Halves())
    private let half: Int

    /// At most `limit` things.
    public init(limit: Int) { half = max(1, limit / 2) }

    /// What lies ready for the key.
    public subscript(key: Key) -> Value? {
        let (found, dropped): (Value?, [Key: Value]) = halves.withLock { halves in
            if let value = halves.young[key] { return (value, [:]) }
            guard let value = halves.old.removeValue(forKey: key) else { return (nil, [:]) }
            return (value, halves.add(value, for: key, half))
        }
        // What was dropped is freed here, outside the lock.
        _ = dropped
        return found
    }

    /// Takes the place of what was there.
    public func insert(_ value: Value, for key: Key) {
        _ = halves.withLock { $0.add(value, for: key, half) }
    }

    /// Gives what was there.
    @discardableResult
    public func remove(_ key: Key) -> Value? {
        halves.withLock { halves in
            let old = halves.old.removeValue(forKey: key)
            return halves.young.removeValue(forKey: key) ?? old
        }
    }

    /// Gives all that was there.
    @discardableResult
    public func removeAll() -> [Value] {
        halves.withLock { halves in
            defer { halves = Halves() }
            return Array(halves.young.values) + Array(halves.old.values)
        }
    }

    /// How many there are.
    public var count: Int { halves.withLock { $0.young.count + $0.old.count } }
}
