public import Storage
import Synchronization

/// Counts the commits that changed users, groups, roles, policies or keys.
///
/// What was made from the store under one number holds while the number does. It is raised after the commit and before
/// the caller of the change is answered, so whoever has been told of a change finds it in force.
public final class Epoch: Sendable {
    private final class Number: Sendable {
        let value = Atomic<UInt64>(1)
    }
    private let number = Number()

    public init(_ store: Store) {
        store.onCommit { [number] areas in
            if areas.contains(.identity) { number.value.add(1, ordering: .acquiringAndReleasing) }
        }
    }

    public var current: UInt64 { number.value.load(ordering: .acquiring) }
}
