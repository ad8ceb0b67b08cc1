/// A policy with the names that people and APIs know it by.
public struct NamedPolicy: Sendable {
    public let policy: CompiledPolicy
    /// A policy name, or `PolicyInputList.1`.
    public let name: String
    /// Of managed and Organizations policies; shown after a denial.
    public let arn: String?

    public init(_ policy: CompiledPolicy, name: String = "", arn: String? = nil) {
        (self.policy, self.name, self.arn) = (policy, name, arn)
    }
}

/// Every policy that bears on one question.
public struct PolicySet: Sendable {
    /// Whether identity policies count without the resource policy's leave.
    public enum ResourceKind: Sendable {
        case standard
        /// Trust and key policies: identity policies count only if the policy names the account.
        case roleTrust, kmsKey
    }

    /// Of the user and its groups, or of the role; of a federated user, the issuer's.
    public var identity: [NamedPolicy] {
        get { identityList.policies }
        set { identityList = PolicyList(newValue) }
    }
    private(set) var identityList = PolicyList.none
    public var boundary: NamedPolicy?
    /// Nil if no session policy was passed. Several are a union.
    public var session: [NamedPolicy]?
    /// Of the caller's account: levels from the root down. Nil if it is in no organization.
    public var scps: [[NamedPolicy]]?
    /// Of the resource's account: levels from the root down.
    public var rcps: [[NamedPolicy]]?
    /// Of the VPC endpoint the call came through.
    public var endpoint: NamedPolicy?
    public var resource: NamedPolicy?
    public var resourceKind = ResourceKind.standard
    public var grants: [KMSGrant] = []
    public var s3: S3Access?

    public init() {}

    /// True if a boundary bounds the caller: only who has identity policies can have one.
    func bounds(_ subject: Subject) -> Bool { boundary != nil && subject.hasIdentityPolicies }
}
