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

    func write(to json: inout JSONWriter) {
        json.beginObject()
        switch principal {
        case .root(let account): long("Root", account, &json)
        case .user(let user):
            long("IAMUser", user.account, &json)
            json.member("userName", user.name)
        case .roleSession(let session): long("AssumedRole", session.account, &json)
        case .federatedUser(let user): long("FederatedUser", user.account, &json)
        case .service(let name):
            json.member("type", "AWSService")
            json.member("invokedBy", name)
        case .anonymous:
            json.member("type", "AWSAccount")
            json.member("principalId", "")
            json.member("accountId", "anonymous")
        }
        sessionContext(&json)
        if let invokedBy { json.member("invokedBy", invokedBy) }
        json.endObject()
    }

    private func long(_ type: String, _ account: AccountID, _ json: inout JSONWriter) {
        json.member("type", type)
        json.member("principalId", principal.userID)
        json.member("arn", principal.arn ?? "")
        json.member("accountId", account.description)
        json.member("accessKeyId", accessKeyID)
    }

    private func sessionContext(_ json: inout JSONWriter) {
        guard let session else { return }
        json.key("sessionContext")
        json.beginObject()
        if let issuer = Issuer(principal) {
            json.key("sessionIssuer")
            json.beginObject()
            json.member("type", issuer.type)
            json.member("principalId", issuer.id)
            json.member("arn", issuer.arn)
            json.member("accountId", issuer.account.description)
            if let name = issuer.name { json.member("userName", name) }
            json.endObject()
        }
        json.key("attributes")
        json.beginObject()
        json.member("creationDate", session.created.iso8601)
        json.member("mfaAuthenticated", session.isMFAAuthenticated ? "true" : "false")
        json.endObject()
        if let source = session.sourceIdentity { json.member("sourceIdentity", source) }
        json.endObject()
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
