import AWS
import Authentication
import Door
import STSAPI
import Storage
import World

/// What a provider's proof gives a session besides the right to begin it.
struct BroughtFacts: Sendable {
    let tags: BroughtTags
    let sourceIdentity: String?
    /// As `aws:FederatedProvider` shows it.
    let provider: String
    /// As `SessionFacts.providerKeys`.
    var sessionKeys: [String: String] = [:]

    /// What a role's trust policy must also allow, and the condition keys of that.
    func asks(on role: AssumableRole?, _ arn: String, of owner: AccountID, beside keys: [ConditionEntry]) -> [Ask] {
        let side = ResourceSide(policy: role?.trust, kind: .roleTrust)
        var asks: [Ask] = []
        if !tags.isEmpty { asks.append(Ask(Action("sts", "TagSession"), on: arn, of: owner, side: side, keys: keys)) }
        if sourceIdentity != nil {
            asks.append(Ask(Action("sts", "SetSourceIdentity"), on: arn, of: owner, side: side, keys: keys))
        }
        return asks
    }

    var keys: [ConditionEntry] {
        tags.conditionKeys + (sourceIdentity.map { [ConditionEntry(.stsSourceIdentity, $0)] } ?? [])
    }
}

/// Makes the credentials of a session that a provider's token or assertion opened.
struct FederatedSession {
    let credentials: STS.Credentials
    let user: STS.AssumedRoleUser
    let packedPercent: Int?

    /// What was asked for: which role, by what name, for how long, with what policies.
    struct Request {
        let origin: SessionFacts.Origin
        let role: AssumableRole
        let name: String
        let seconds: Int
        let policy: String?
        let policyARNs: [STS.PolicyDescriptorType]?
        let brought: BroughtFacts
        let now: Instant
    }

    init(
        _ request: Request, _ tokens: SessionTokens, _ roles: any RoleDirectory, _ identifiers: Identifiers,
        _ snapshot: borrowing Snapshot
    ) throws {
        let (role, brought) = (request.role, request.brought)
        guard request.seconds <= role.maximumSession else {
            throw Invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        let policies = try SessionPolicies(
            request.policy, request.policyARNs, beside: brought.tags.size, role.account, roles, snapshot)
        let session = RoleSessionPrincipal(
            account: role.account, roleName: role.name, rolePath: role.path, roleID: role.id, sessionName: request.name)
        let grant = SessionGrant(
            .roleSession(session),
            SessionFacts(
                request.origin, issued: request.now, expires: request.now + .seconds(request.seconds),
                sessionPolicy: policies.inline, sessionPolicyARNs: policies.arns, tags: brought.tags.all,
                transitiveTagKeys: brought.tags.transitiveKeys, sourceIdentity: brought.sourceIdentity,
                federatedProvider: brought.provider, providerKeys: brought.sessionKeys))
        let keyID = AccessKeyID.make(.temporary, role.account, random: identifiers.bytes(5))
        let (secret, token) = try tokens.issue(grant, accessKeyID: keyID)
        credentials = STS.Credentials(
            accessKeyId: keyID, secretAccessKey: secret, sessionToken: token, expiration: grant.expires)
        user = STS.AssumedRoleUser(assumedRoleId: role.id + ":" + request.name, arn: session.arn)
        packedPercent = policies.packedPercent
    }
}

/// Names of sessions and source identities.
/// - Source: STS API Reference, "AssumeRoleWithSAML" and "AssumeRole": RoleSessionName, SourceIdentity.
enum SessionNaming {
    static func isName(_ text: String) -> Bool {
        (2...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "_+=,.@-".utf8.contains(byte)
                }
            }
    }

    static func isSourceIdentity(_ text: String) -> Bool { isName(text) && !text.lowercased().hasPrefix("aws:") }
}
