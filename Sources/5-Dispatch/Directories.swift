public import AWS
public import Authorization
public import Storage

/// What one service must know of another's entities, asked through the gate's module so that services stay apart.
public protocol RoleDirectory: Sendable {
    /// The role of that ARN, whichever account it is in; nil where there is none.
    func role(arn: String, in snapshot: borrowing Snapshot) throws -> AssumableRole?
    /// The default document of a managed policy that `account` may use; nil where there is none.
    func managedPolicyDocument(arn: String, for account: AccountID, in snapshot: borrowing Snapshot) throws -> String?
    /// The account of a long-term access key of this server.
    func account(ofAccessKey id: String, in snapshot: borrowing Snapshot) throws -> AccountID?
}

/// A role as whoever wants to take it on sees it.
public struct AssumableRole: Sendable {
    public let account: AccountID
    public let name: String
    public let path: String
    public let id: String
    public let trust: CompiledPolicy
    /// Seconds.
    public let maximumSession: Int
    /// The role's tags as condition keys.
    public let tagKeys: [ConditionEntry]

    public init(
        account: AccountID, name: String, path: String, id: String, trust: CompiledPolicy, maximumSession: Int,
        tagKeys: [ConditionEntry]
    ) {
        (self.account, self.name, self.path, self.id) = (account, name, path, id)
        (self.trust, self.maximumSession, self.tagKeys) = (trust, maximumSession, tagKeys)
    }
}
