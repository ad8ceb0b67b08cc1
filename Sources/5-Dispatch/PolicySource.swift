public import Authentication
public import Authorization
public import Storage

/// Finds the policies that bound a caller. IAM implements it; Organizations will add to it.
public protocol PolicySource: Sendable {
    /// Changes whenever a commit may have changed a caller's policies.
    var epoch: UInt64 { get }
    /// The policies of the caller as they are in this snapshot. Throwing means the question is denied.
    /// - Parameter epoch: what `epoch` was before the snapshot's view was fixed, so that nothing older than it is kept
    ///   under it; nil inside a write transaction that has changed identities before, which is not yet in force for others.
    func policies(of caller: Caller, in snapshot: borrowing Snapshot, asOf epoch: UInt64?) throws -> CallerPolicies
}

/// What bounds a caller on its own side.
public struct CallerPolicies: Sendable {
    public var identity: [NamedPolicy]
    public var boundary: NamedPolicy?
    /// Nil where no session policy was passed.
    public var session: [NamedPolicy]?
    /// The caller's tags, for `aws:PrincipalTag/…`.
    public var tags: [(key: String, value: String)]

    public init(
        identity: [NamedPolicy] = [], boundary: NamedPolicy? = nil, session: [NamedPolicy]? = nil,
        tags: [(key: String, value: String)] = []
    ) {
        (self.identity, self.boundary, self.session, self.tags) = (identity, boundary, session, tags)
    }
}
