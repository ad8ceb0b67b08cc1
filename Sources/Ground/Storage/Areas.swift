/// Which parts of the state a committed item changed: what `Transaction.touch` marks and `Store.onCommit` is told.
public struct Areas: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Users, groups, roles, their policies and credentials: whatever a cached decision or signing key was made from.
    public static let identity = Areas(rawValue: 1)
    /// Policies attached to resources.
    public static let resourcePolicies = Areas(rawValue: 2)
    /// The journal has new records: observers may look.
    public static let journal = Areas(rawValue: 4)
    /// Which requests are written down for the owners of what they are about.
    public static let requestLogs = Areas(rawValue: 8)
    /// There is something to be replicated.
    public static let replication = Areas(rawValue: 16)
    /// Everything, after a reset.
    public static let all = Areas(rawValue: .max)
}
