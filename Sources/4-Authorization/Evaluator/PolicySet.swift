/// A policy with the names that people and APIs know it by.
package struct NamedPolicy: Sendable {
    package let policy: CompiledPolicy
    /// A policy name, or `PolicyInputList.1`.
    package let name: String
    /// Of managed and Organizations policies; shown after a denial.
    package let arn: String?

    package init(_ policy: CompiledPolicy, name: String = "", arn: String? = nil) {
        (self.policy, self.name, self.arn) = (policy, name, arn)
    }
}

/// Every policy that bears on one question.
package struct PolicySet: Sendable {
    /// Whether identity policies count without the resource policy's leave.
    package enum ResourceKind: Sendable {
        case standard
        /// Trust and key policies: identity policies count only if the policy names the account.
        case roleTrust, kmsKey
    }

    /// Of the user and its groups, or of the role; of a federated user, the issuer's.
    package var identity: [NamedPolicy] = []
    package var boundary: NamedPolicy?
    /// Nil if no session policy was passed. Several are a union.
    package var session: [NamedPolicy]?
    /// Of the caller's account: levels from the root down. Nil if it is in no organization.
    package var scps: [[NamedPolicy]]?
    /// Of the resource's account: levels from the root down.
    package var rcps: [[NamedPolicy]]?
    /// Of the VPC endpoint the call came through.
    package var endpoint: NamedPolicy?
    package var resource: NamedPolicy?
    package var resourceKind = ResourceKind.standard
    package var grants: [KMSGrant] = []
    package var s3: S3Access?

    package init() {}
}
