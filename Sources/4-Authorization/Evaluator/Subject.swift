public import AWS

/// Who asks, as policies see it. A class: it goes along with a question through every layer, names and all.
public final class Subject: Sendable {
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

    public let kind: Kind
    /// Nil for services, anonymous callers and token bearers.
    public let account: AccountID?
    public let arn: String?
    /// Of a session: the ARN of its role. Of a federated user: the ARN of the issuing user.
    public let parentARN: String?
    /// `AIDA…` of a user.
    public let uniqueID: String?
    /// `AROA…` of a session's role, `AIDA…` of a federated user's issuer.
    public let parentID: String?
    /// A service name (`cloudtrail.amazonaws.com`) or a provider (its ARN, or `accounts.google.com`).
    public let name: String?
    /// True for a session of a service-linked role: neither SCPs nor RCPs apply.
    public let isServiceLinked: Bool
    /// True for callers of the organization's management account: no SCP applies.
    public let isInManagementAccount: Bool

    /// A caller as the simulator or a test describes it; what is not given stays unknown.
    public init(
        kind: Kind, account: AccountID? = nil, arn: String? = nil, uniqueID: String? = nil, parentARN: String? = nil,
        parentID: String? = nil, name: String? = nil, isServiceLinked: Bool = false,
        isInManagementAccount: Bool = false
    ) {
        (self.kind, self.account, self.arn, self.uniqueID) = (kind, account, arn, uniqueID)
        (self.parentARN, self.parentID, self.name) = (parentARN, parentID, name)
        (self.isServiceLinked, self.isInManagementAccount) = (isServiceLinked, isInManagementAccount)
    }

    /// A caller without a signature.
    public static let anonymous = Subject(kind: .anonymous)

    public convenience init(_ principal: Principal) {
        switch principal {
        case .root(let account): self.init(kind: .root, account: account, arn: principal.arn)
        case .user(let user): self.init(kind: .user, account: user.account, arn: user.arn, uniqueID: user.uniqueID)
        case .roleSession(let session):
            self.init(
                kind: .roleSession, account: session.account, arn: session.arn, parentARN: session.roleARN,
                parentID: session.roleID, isServiceLinked: session.rolePath.hasPrefix("/aws-service-role/"))
        case .federatedUser(let user):
            self.init(
                kind: .federatedUser, account: user.account, arn: user.arn, parentARN: user.issuer?.arn,
                parentID: user.issuer?.uniqueID)
        case .bearer(let bearer):
            self.init(kind: bearer.kind == .saml ? .saml : .webIdentity, name: bearer.provider)
        case .service(let name): self.init(kind: .service, name: name)
        case .anonymous: self.init(kind: .anonymous)
        }
    }

    /// True for callers whose rights come from identity policies.
    var hasIdentityPolicies: Bool {
        switch kind {
        case .user, .roleSession, .role, .federatedUser: true
        default: false
        }
    }

    /// True for whom an identity provider vouches.
    var isBearer: Bool { kind == .webIdentity || kind == .saml }

    var isRoot: Bool { kind == .root || kind == .assumedRoot }

    /// True for callers that are an AWS identity of some account.
    var isAccountIdentity: Bool { hasIdentityPolicies || isRoot }

    var isUnderSCPs: Bool { isAccountIdentity && !isServiceLinked && !isInManagementAccount }
}
