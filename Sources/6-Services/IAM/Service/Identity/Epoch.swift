public import Storage
import World

/// Counts the commits that changed users, groups, roles, policies or keys.
///
/// What was made from the store under one number holds while the number does. It is raised after the commit and before
/// the caller of the change is answered, so whoever has been told of a change finds it in force.
public final class Epoch: Sendable {
    private let number = Lock<UInt64>(1)

    public init(_ store: Store) {
        store.onCommit { [number] areas in
            if areas.contains(.identity) { number.withLock { $0 += 1 } }
        }
    }

    public var current: UInt64 { number.withLock { $0 } }
}
