/// What a policy is for: it decides which checks are made.
public struct PolicyUse: Sendable, Hashable {
    /// The kinds of policies, as `gatehouse lint --type` names them.
    public enum Kind: String, Sendable, CaseIterable {
        case identity
        /// A policy of a resource other than a role, or of one that is not known.
        case resource
        /// A role's trust policy.
        case trust
        case session
        case serviceControl = "scp"
        case resourceControl = "rcp"
    }

    /// `trust` for policies that are a role's, however they were named.
    public let kind: Kind
    /// What the policy is attached to, such as `AWS::S3::Bucket`; nil where nobody said.
    public let resourceType: String?

    /// - Parameter resourceType: one of `resourceTypes`. `AWS::IAM::AssumeRolePolicyDocument` makes it a trust policy.
    public init(_ kind: Kind, resourceType: String? = nil) {
        let isTrust = kind == .resource && resourceType == PolicyUse.trustType
        (self.kind, self.resourceType) = (isTrust ? .trust : kind, resourceType)
    }

    private static let trustType = "AWS::IAM::AssumeRolePolicyDocument"

    /// - Source: Access Analyzer API Reference, "ValidatePolicy".
    public static let resourceTypes = [
        "AWS::S3::Bucket", "AWS::S3::AccessPoint", "AWS::S3::MultiRegionAccessPoint",
        "AWS::S3ObjectLambda::AccessPoint", trustType, "AWS::DynamoDB::Table",
    ]

    /// True where statements name principals.
    var hasPrincipal: Bool { kind == .resource || kind == .trust || kind == .resourceControl }
    /// True where Access Analyzer's rules of identity policies hold.
    var isIdentity: Bool { kind == .identity || kind == .session }
    /// The type as its users call it, such as `S3 Bucket`.
    var resourceTitle: String {
        guard let resourceType else { return "resource" }
        return resourceType.split(separator: ":").dropFirst().joined(separator: " ")
    }
}
