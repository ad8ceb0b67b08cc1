/// Who a request speaks for, once its credential has been found.
///
/// Indirect: made once for a credential, then handed from step to step of every request, names and all.
///
/// Every name is as stored; every unique id is AWS's (`AIDA…` users, `AROA…` roles).
/// - Source: IAM User Guide, "AWS JSON policy elements: Principal" and "aws:userid" table.
public indirect enum Principal: Hashable, Sendable {
    case root(AccountID)
    case user(UserPrincipal)
    case roleSession(RoleSessionPrincipal)
    case federatedUser(FederatedUserPrincipal)
    /// Whoever brings a token or an assertion of an identity provider, and no signature.
    case bearer(BearerPrincipal)
    /// An AWS service, such as `cloudtrail.amazonaws.com`.
    case service(String)
    /// A request without a signature.
    case anonymous

    /// The account the caller belongs to; nil for services, bearers and anonymous callers.
    public var account: AccountID? {
        switch self {
        case .root(let account): account
        case .user(let user): user.account
        case .roleSession(let session): session.account
        case .federatedUser(let user): user.account
        case .bearer, .service, .anonymous: nil
        }
    }

    /// The ARN shown in messages and in CloudTrail; nil for services, bearers and anonymous callers.
    public var arn: String? {
        switch self {
        case .root(let account): "arn:aws:iam::\(account):root"
        case .user(let user): user.arn
        case .roleSession(let session): session.arn
        case .federatedUser(let user): user.arn
        case .bearer, .service, .anonymous: nil
        }
    }

    /// `aws:userid`, also CloudTrail's `principalId`.
    public var userID: String {
        switch self {
        case .root(let account): account.description
        case .user(let user): user.uniqueID
        case .roleSession(let session): session.roleID + ":" + session.sessionName
        case .federatedUser(let user): user.account.description + ":" + user.name
        case .bearer(let bearer): bearer.userID
        case .service(let name): name
        case .anonymous: "anonymous"
        }
    }
}

public struct UserPrincipal: Hashable, Sendable {
    public let account: AccountID
    public let name: String
    /// Begins and ends with `/`.
    public let path: String
    public let uniqueID: String
    public let arn: String

    public init(account: AccountID, name: String, path: String, uniqueID: String) {
        (self.account, self.name, self.path, self.uniqueID) = (account, name, path, uniqueID)
        arn = "arn:aws:iam::\(account):user\(path)\(name)"
    }
}

public struct RoleSessionPrincipal: Hashable, Sendable {
    public let account: AccountID
    public let roleName: String
    /// Begins and ends with `/`.
    public let rolePath: String
    public let roleID: String
    public let sessionName: String
    /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, without the role's path.
    public let arn: String
    /// The role's own ARN, with its path: `aws:PrincipalArn` of the session.
    public let roleARN: String

    public init(account: AccountID, roleName: String, rolePath: String, roleID: String, sessionName: String) {
        (self.account, self.roleName, self.rolePath) = (account, roleName, rolePath)
        (self.roleID, self.sessionName) = (roleID, sessionName)
        arn = "arn:aws:sts::\(account):assumed-role/\(roleName)/\(sessionName)"
        roleARN = "arn:aws:iam::\(account):role\(rolePath)\(roleName)"
    }
}

public struct FederatedUserPrincipal: Hashable, Sendable {
    public let account: AccountID
    public let name: String
    /// The IAM user whose credentials made the session; nil if root's did.
    public let issuer: UserPrincipal?
    public let arn: String

    public init(account: AccountID, name: String, issuer: UserPrincipal?) {
        (self.account, self.name, self.issuer) = (account, name, issuer)
        arn = "arn:aws:sts::\(account):federated-user/\(name)"
    }
}

/// Whom an identity provider vouches for, calling AssumeRoleWithWebIdentity or AssumeRoleWithSAML.
/// - Source: CloudTrail User Guide, "CloudTrail userIdentity element", examples with federation.
public struct BearerPrincipal: Hashable, Sendable {
    public enum Kind: Sendable, Hashable { case webIdentity, saml }

    public let kind: Kind
    /// As a trust policy's `Federated` names it: the provider's ARN, or the issuer's name where it needs no provider.
    public let provider: String
    /// As records name it: the provider's ARN, or the issuer of the assertion.
    public let identityProvider: String
    /// `aws:userid`, and `principalId` of records: `ISSUER:AUDIENCE:SUBJECT`, or the SAML name with its qualifier.
    public let userID: String
    /// The token's subject, or the assertion's name.
    public let userName: String

    public init(kind: Kind, provider: String, identityProvider: String, userID: String, userName: String) {
        (self.kind, self.provider, self.identityProvider) = (kind, provider, identityProvider)
        (self.userID, self.userName) = (userID, userName)
    }
}
