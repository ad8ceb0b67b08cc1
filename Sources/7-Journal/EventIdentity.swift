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

    public struct Session: Sendable {
        public let created: Instant
        public let isMFAAuthenticated: Bool
        public let sourceIdentity: String?
        public init(created: Instant, isMFAAuthenticated: Bool, sourceIdentity: String?) {
            (self.created, self.isMFAAuthenticated, self.sourceIdentity) = (created, isMFAAuthenticated, sourceIdentity)
        }
    }

    public init(principal: Principal, accessKeyID: String, session: Session?, invokedBy: String? = nil) {
        (self.principal, self.accessKeyID, self.session, self.invokedBy) = (principal, accessKeyID, session, invokedBy)
    }

    /// What `LookupEvents` calls the user name: the session's name for roles, `root` for the root user.
    public var lookupName: String {
        switch principal {
        case .root: "root"
        case .user(let user): user.name
        case .roleSession(let session): session.sessionName
        case .federatedUser(let user): user.name
        case .service(let name): name
        case .anonymous: "anonymous"
        }
    }

    func write(to record: inout ByteWriter) {
        switch principal {
        case .root(let account): write("Root", account, account.description, principal.arn ?? "", to: &record)
        case .user(let user):
            write("IAMUser", user.account, user.uniqueID, user.arn, to: &record)
            record.member(#","userName":"#, user.name)
        case .roleSession(let session):
            write("AssumedRole", session.account, principal.userID, session.arn, to: &record)
        case .federatedUser(let user):
            write("FederatedUser", user.account, principal.userID, user.arn, to: &record)
        case .service(let name): record.member(#"{"type":"AWSService","invokedBy":"#, name)
        case .anonymous: record.literal(#"{"type":"AWSAccount","principalId":"","accountId":"anonymous""#)
        }
        if let session { write(session, to: &record) }
        if let invokedBy { record.member(#","invokedBy":"#, invokedBy) }
        record.literal("}")
    }

    private func write(
        _ type: StaticString, _ account: AccountID, _ id: String, _ arn: String, to record: inout ByteWriter
    ) {
        record.literal(#"{"type":""#)
        record.literal(type)
        record.member(#"","principalId":"#, id)
        record.member(#","arn":"#, arn)
        record.member(#","accountId":"#, account.description)
        record.member(#","accessKeyId":"#, accessKeyID)
    }

    private func write(_ session: Session, to record: inout ByteWriter) {
        record.literal(#","sessionContext":{"#)
        if let issuer = Issuer(principal) {
            record.member(#""sessionIssuer":{"type":"#, issuer.type)
            record.member(#","principalId":"#, issuer.id)
            record.member(#","arn":"#, issuer.arn)
            record.member(#","accountId":"#, issuer.account.description)
            if let name = issuer.name { record.member(#","userName":"#, name) }
            record.literal("},")
        }
        record.member(#""attributes":{"creationDate":"#, session.created)
        record.literal(session.isMFAAuthenticated ? #","mfaAuthenticated":"true"}"# : #","mfaAuthenticated":"false"}"#)
        if let source = session.sourceIdentity { record.member(#","sourceIdentity":"#, source) }
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
