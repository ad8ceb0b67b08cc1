/// The kinds of policy that may decide, as they are reported.
public enum Layer: String, Sendable, CaseIterable {
    case scp, rcp, endpoint, resource, identity, boundary, session
    /// Root, in its own account.
    case root
    /// A resource policy and, in the caller's account, identity policies (or root).
    case both
    /// `sts:GetCallerIdentity`, which no policy can forbid.
    case unconditional
}

/// The answer to one question: a small value, made without allocation.
public struct Decision: Sendable, Hashable {
    /// Named as the simulator APIs name them.
    public enum Outcome: String, Sendable { case allowed, explicitDeny, implicitDeny }

    public let outcome: Outcome
    /// The layer that decided: the one that denied, lacked an allow, or allowed.
    public let layer: Layer
    /// The statement that denied or allowed, where one did.
    public let statement: StatementIndex?

    public var isAllowed: Bool { outcome == .allowed }
}

/// Where a statement stands in a `PolicySet`.
public struct StatementIndex: Sendable, Hashable {
    /// The level of an SCP or RCP, from the root down; 0 elsewhere.
    public var level: Int32 = 0
    public var policy: Int32
    /// From 0; -1 if the policy is broken, and denied for that reason.
    public var statement: Int32

    /// True if it stands before the other, in the same level.
    func precedes(_ other: StatementIndex) -> Bool {
        policy != other.policy ? policy < other.policy : statement < other.statement
    }
}
