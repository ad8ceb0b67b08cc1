/// Which parts of the state a committed item changed: what `Transaction.touch` marks and `Store.onCommit` is told.
package struct Areas: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Users, groups, roles, their policies and credentials: whatever a cached decision or signing key was made from.
    package static let identity = Areas(rawValue: 1)
    /// Policies attached to resources.
    package static let resourcePolicies = Areas(rawValue: 2)
    /// The journal has new records: observers may look.
    package static let journal = Areas(rawValue: 4)
    /// Everything, after a reset.
    package static let all = Areas(rawValue: .max)
}
