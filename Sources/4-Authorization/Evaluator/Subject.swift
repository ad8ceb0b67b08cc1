public import AWS

/// Who asks, as policies see it.
public struct Subject: Sendable, Hashable {
    /// The kinds of caller that policies tell apart.
    public enum Kind: Sendable, Hashable {
        case user, roleSession
        /// A role without a session name, as the simulator takes it.
        case role
        case federatedUser, root
        /// A session of AssumeRoot: root, capped by the task policy, which stands in the place of the session policy.
        case assumedRoot
        case service, anonymous
        /// The bearer of a provider's token or assertion, calling AssumeRoleWith….
        case webIdentity, saml
    }

    public var kind: Kind
    /// Nil for services, anonymous callers and token bearers.
    public var account: AccountID?
    public var arn: String?
    /// Of a session: the ARN of its role. Of a federated user: the ARN of the issuing user.
    public var parentARN: String?
    /// `AIDA…` of a user.
    public var uniqueID: String?
    /// `AROA…` of a session's role, `AIDA…` of a federated user's issuer.
    public var parentID: String?
    /// A service name (`cloudtrail.amazonaws.com`) or a provider (its ARN, or `accounts.google.com`).
    public var name: String?
    /// The account's canonical user id, which bucket policies may name.
    public var canonicalUserID: String?
    /// True for a session of a service-linked role: neither SCPs nor RCPs apply.
    public var isServiceLinked = false
    /// True for callers of the organization's management account: no SCP applies.
    public var isInManagementAccount = false

    /// A caller as the simulator or a test describes it; what is not given stays unknown.
    public init(
        kind: Kind, account: AccountID? = nil, arn: String? = nil, parentARN: String? = nil, name: String? = nil
    ) {
        self.init(kind, account, arn: arn, uniqueID: nil, parentARN: parentARN, name: name)
    }

    private init(
        _ kind: Kind, _ account: AccountID?, arn: String? = nil, uniqueID: String? = nil, parentARN: String? = nil,
        parentID: String? = nil, name: String? = nil, isServiceLinked: Bool = false
    ) {
        self.kind = kind
        self.account = account
        self.arn = arn
        self.parentARN = parentARN
        self.uniqueID = uniqueID
        self.parentID = parentID
        self.name = name
        self.isServiceLinked = isServiceLinked
    }

    /// A caller without a signature.
    public static let anonymous = Subject(kind: .anonymous)

    public init(_ principal: Principal) {
        switch principal {
        case .root(let account): self.init(.root, account, arn: principal.arn)
        case .user(let user): self.init(.user, user.account, arn: user.arn, uniqueID: user.uniqueID)
        case .roleSession(let session):
            self.init(
                .roleSession, session.account, arn: session.arn, parentARN: session.roleARN, parentID: session.roleID,
                isServiceLinked: session.rolePath.hasPrefix("/aws-service-role/"))
        case .federatedUser(let user):
            self.init(
                .federatedUser, user.account, arn: user.arn, parentARN: user.issuer?.arn,
                parentID: user.issuer?.uniqueID)
        case .service(let name): self.init(.service, nil, name: name)
        case .anonymous: self.init(.anonymous, nil)
        }
    }

    /// True for callers whose rights come from identity policies.
    var hasIdentityPolicies: Bool {
        switch kind {
        case .user, .roleSession, .role, .federatedUser: true
        default: false
        }
    }

    var isRoot: Bool { kind == .root || kind == .assumedRoot }

    /// True for callers that are an AWS identity of some account.
    var isAccountIdentity: Bool { hasIdentityPolicies || isRoot }

    var isUnderSCPs: Bool { isAccountIdentity && !isServiceLinked && !isInManagementAccount }
}
