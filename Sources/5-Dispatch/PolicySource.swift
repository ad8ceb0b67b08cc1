public import Authentication
public import Authorization
import Journal
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

/// What bounds a caller on its own side. A class: found once, then asked about for as long as nothing changes.
public final class CallerPolicies: Sendable {
    /// The layers on the caller's side: identity, boundary and session; nothing else is set.
    let set: PolicySet
    /// The caller's tags, for `aws:PrincipalTag/…`.
    public let tags: [(key: String, value: String)]
    /// What records say of them; nil where there are none.
    let kept: KeptPolicies?
    /// The condition keys they refer to.
    let keys: [ConditionKey]

    /// - Parameter session: nil where no session policy was passed.
    public convenience init(
        identity: [NamedPolicy] = [], boundary: NamedPolicy? = nil, session: [NamedPolicy]? = nil,
        tags: [(key: String, value: String)] = []
    ) {
        var set = PolicySet()
        (set.identity, set.boundary, set.session) = (identity, boundary, session)
        self.init(set, tags)
    }

    /// The same in a session, with its policies and tags.
    public func with(session: [NamedPolicy]?, tags: [(key: String, value: String)]) -> CallerPolicies {
        var set = set
        set.session = session
        return CallerPolicies(set, tags)
    }

    private init(_ set: PolicySet, _ tags: [(key: String, value: String)]) {
        (self.set, self.tags) = (set, tags)
        let kept = CallerPolicies.kept(set)
        (self.kept, keys) = (kept?.policies, kept?.keys ?? [])
    }

    /// Of callers without policies of their own, such as the root user.
    public static let none = CallerPolicies()
}
