package import AWS
package import Authorization
package import Storage

/// What one service must know of another's entities, asked through the gate's module so that services stay apart.
package protocol RoleDirectory: Sendable {
    /// The role of that ARN, whichever account it is in; nil where there is none.
    func role(arn: String, in snapshot: borrowing Snapshot) throws -> AssumableRole?
    /// The default document of a managed policy that `account` may use; nil where there is none.
    func managedPolicyDocument(arn: String, for account: AccountID, in snapshot: borrowing Snapshot) throws -> String?
    /// The account of a long-term access key of this server.
    func account(ofAccessKey id: String, in snapshot: borrowing Snapshot) throws -> AccountID?
}

/// A role as whoever wants to take it on sees it.
package struct AssumableRole: Sendable {
    package let account: AccountID
    package let name: String
    package let path: String
    package let id: String
    package let trust: CompiledPolicy
    /// Seconds.
    package let maximumSession: Int
    /// The role's tags as condition keys.
    package let tagKeys: [ConditionEntry]

    package init(
        account: AccountID, name: String, path: String, id: String, trust: CompiledPolicy, maximumSession: Int,
        tagKeys: [ConditionEntry]
    ) {
        (self.account, self.name, self.path, self.id) = (account, name, path, id)
        (self.trust, self.maximumSession, self.tagKeys) = (trust, maximumSession, tagKeys)
    }
}
