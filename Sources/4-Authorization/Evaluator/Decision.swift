/// The kinds of policy that may decide, as they are reported.
package enum Layer: String, Sendable, CaseIterable {
    case scp, rcp, endpoint, resource, identity, boundary, session
    /// Root, in its own account.
    case root
    /// A resource policy and, in the caller's account, identity policies (or root).
    case both
    /// `sts:GetCallerIdentity`, which no policy can forbid.
    case unconditional
}

/// The answer to one question: a small value, made without allocation.
package struct Decision: Sendable, Hashable {
    /// Named as the simulator APIs name them.
    package enum Outcome: String, Sendable { case allowed, explicitDeny, implicitDeny }

    package let outcome: Outcome
    /// The layer that decided: the one that denied, lacked an allow, or allowed.
    package let layer: Layer
    /// The statement that denied or allowed, where one did.
    package let statement: StatementIndex?

    package var isAllowed: Bool { outcome == .allowed }
}

/// Where a statement stands in a `PolicySet`.
package struct StatementIndex: Sendable, Hashable {
    /// The level of an SCP or RCP, from the root down; 0 elsewhere.
    package var level: Int32 = 0
    package var policy: Int32
    /// From 0; -1 if the policy is broken, and denied for that reason.
    package var statement: Int32
}
