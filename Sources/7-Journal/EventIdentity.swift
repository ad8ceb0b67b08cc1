public import AWS
import Formats
public import World

/// Who an event's `userIdentity` names.
/// - Source: CloudTrail User Guide, "CloudTrail userIdentity element".
public struct EventIdentity: Sendable {
    public let principal: Principal
    /// Empty where no key signed the call.
    public let accessKeyID: String
    /// Facts of a temporary credential; nil for long-term keys.
    public let session: Session?
    /// The service that made the call for the principal.
    public let invokedBy: String?
    /// Whether only the id and the account are told: what another account learns of a caller.
    public let isForeign: Bool
    /// Nil unless it is AWS itself, acting on something of that account.
    private let ownerOfDone: AccountID?

    public struct Session: Sendable {
        /// When the keys were issued.
        public let created: Instant
        /// Whether a second factor was proved.
        public let isMFAAuthenticated: Bool
        /// Nil where the session has none.
        public let sourceIdentity: String?
        /// The version of the metadata service that handed out a role's keys to an instance: `1.0` or `2.0`.
        public let ec2RoleDelivery: String?
        /// The OpenID Connect provider that the session began with; nil for all others.
        public let webIdentityProvider: String?

        public init(
            created: Instant, isMFAAuthenticated: Bool, sourceIdentity: String?, ec2RoleDelivery: String? = nil,
            webIdentityProvider: String? = nil
        ) {
            (self.created, self.isMFAAuthenticated, self.sourceIdentity) = (created, isMFAAuthenticated, sourceIdentity)
            (self.ec2RoleDelivery, self.webIdentityProvider) = (ec2RoleDelivery, webIdentityProvider)
        }
    }

    public init(principal: Principal, accessKeyID: String, session: Session?, invokedBy: String? = nil) {
        (self.principal, self.accessKeyID, self.session, self.invokedBy) = (principal, accessKeyID, session, invokedBy)
        (isForeign, ownerOfDone) = (false, nil)
    }

    /// AWS itself, at nobody's call, acting on something of `account`.
    public init(internalTo account: AccountID) {
        (principal, accessKeyID, session) = (.service(EventIdentity.internalName), "", nil)
        (invokedBy, isForeign, ownerOfDone) = (EventIdentity.internalName, false, account)
    }

    /// What records call AWS itself, also as address and agent.
    public static let internalName = "AWS Internal"

    private init(foreign principal: Principal) {
        (self.principal, accessKeyID, session, invokedBy, isForeign) = (principal, "", nil, nil, true)
        ownerOfDone = nil
    }

    /// The same caller as another account's records name them.
    public var foreign: EventIdentity { EventIdentity(foreign: principal) }

    /// Somebody who tried to sign in under a name that no user of the account has. The name is not told: it may be a
    /// password, typed into the wrong field.
    public static func nobody(in account: AccountID) -> EventIdentity {
        EventIdentity(
            principal: .user(
                UserPrincipal(account: account, name: "HIDDEN_DUE_TO_SECURITY_REASONS", path: "/", uniqueID: "")),
            accessKeyID: "", session: nil)
    }

    /// What `LookupEvents` calls the user name: the session's name for roles, `root` for the root user.
    public var lookupName: String {
        if isForeign || ownerOfDone != nil { return "" }
        return switch principal {
        case .root: "root"
        case .user(let user): user.name
        case .roleSession(let session): session.sessionName
        case .federatedUser(let user): user.name
        case .bearer(let bearer): bearer.userName
        case .service(let name): name
        case .anonymous: "anonymous"
        }
    }

    /// - Parameter recipient: the account in the row's head.
    func write(to record: inout ByteWriter, of recipient: AccountID) {
        if isForeign, let account = principal.account {
            record.member(.otherAccount, principal.userID)
            record.member(.accountID, account.description)
            record.literal("}")
            return
        }
        if let ownerOfDone {
            record.member(.internalCaller, ownerOfDone.description)
            record.member(.invokedBy, EventIdentity.internalName)
            record.literal("}")
            return
        }
        switch principal {
        case .root(let account):
            write(.root, account, account.description, principal.arn ?? "", of: recipient, to: &record)
        case .user(let user) where user.uniqueID.isEmpty:
            record.part(.hiddenUser)
            record.member(.accountID, user.account.description, as: .account)
            record.member(.accessKeyID, "", as: .accessKeyID)
            record.member(.userName, user.name, as: .user)
        case .user(let user):
            write(.user, user.account, user.uniqueID, user.arn, of: recipient, to: &record)
            record.member(.userName, user.name, as: .user)
        case .roleSession(let session):
            write(.assumedRole, session.account, principal.userID, session.arn, of: recipient, to: &record)
        case .federatedUser(let user):
            write(.federatedUser, user.account, principal.userID, user.arn, of: recipient, to: &record)
        case .bearer(let bearer):
            record.member(bearer.kind == .saml ? .samlUser : .webIdentityUser, bearer.userID)
            record.member(.userName, bearer.userName)
            record.member(.identityProvider, bearer.identityProvider)
        case .service(let name): record.member(.service, name)
        case .anonymous: record.part(.anonymous)
        }
        if let session { write(session, to: &record) }
        if let invokedBy { record.member(.invokedBy, invokedBy) }
        record.literal("}")
    }

    private func write(
        _ type: RecordPart, _ account: AccountID, _ id: String, _ arn: String, of recipient: AccountID,
        to record: inout ByteWriter
    ) {
        record.member(type, id)
        record.member(.arn, arn)
        if account == recipient {
            record.member(.accountID, account.description, as: .account)
        } else {
            record.member(.accountID, account.description)
        }
        record.member(.accessKeyID, accessKeyID, as: .accessKeyID)
    }

    private func write(_ session: Session, to record: inout ByteWriter) {
        record.part(.session)
        if let issuer = Issuer(principal) {
            record.member(.sessionIssuer, issuer.type)
            record.member(.principalID, issuer.id)
            record.member(.arn, issuer.arn)
            record.member(.accountID, issuer.account.description)
            if let name = issuer.name { record.member(.userName, name) }
            record.part(.endOfIssuer)
        }
        if let provider = session.webIdentityProvider {
            record.member(.webIdentity, provider)
            record.part(.endOfWebIdentity)
        }
        record.part(.attributes)
        record.json(session.created.iso8601)
        record.part(session.isMFAAuthenticated ? .withMFA : .withoutMFA)
        if let source = session.sourceIdentity { record.member(.sourceIdentity, source) }
        if let delivery = session.ec2RoleDelivery { record.member(.ec2RoleDelivery, delivery) }
        record.literal("}")
    }

    /// Whose credentials made the session: a role, or the user or root behind a federated user.
    private struct Issuer {
        let type, id, arn: String
        let account: AccountID
        let name: String?

        init?(_ principal: Principal) {
            switch principal {
            case .roleSession(let session):
                (type, id, arn) = ("Role", session.roleID, session.roleARN)
                (account, name) = (session.account, session.roleName)
            case .federatedUser(let user):
                if let issuer = user.issuer {
                    (type, id, arn, name) = ("IAMUser", issuer.uniqueID, issuer.arn, issuer.name)
                } else {
                    (type, id, name) = ("Root", user.account.description, nil)
                    arn = Principal.root(user.account).arn ?? ""
                }
                account = user.account
            default: return nil
            }
        }
    }
}
