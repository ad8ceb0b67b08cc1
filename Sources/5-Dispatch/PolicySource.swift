package import Authentication
package import Authorization
package import Storage

/// Finds the policies that bound a caller. IAM implements it; Organizations will add to it.
package protocol PolicySource: Sendable {
    /// The policies of the caller as they are in this snapshot. Throwing means the question is denied.
    /// - Parameter isCommitted: false inside a write transaction, whose snapshot holds what is not yet in force for others.
    func policies(of caller: Caller, in snapshot: borrowing Snapshot, isCommitted: Bool) throws -> CallerPolicies
}

/// What bounds a caller on its own side.
package struct CallerPolicies: Sendable {
    package var identity: [NamedPolicy]
    package var boundary: NamedPolicy?
    /// Nil where no session policy was passed.
    package var session: [NamedPolicy]?
    /// The caller's tags, for `aws:PrincipalTag/…`.
    package var tags: [(key: String, value: String)]

    package init(
        identity: [NamedPolicy] = [], boundary: NamedPolicy? = nil, session: [NamedPolicy]? = nil,
        tags: [(key: String, value: String)] = []
    ) {
        (self.identity, self.boundary, self.session, self.tags) = (identity, boundary, session, tags)
    }
}
