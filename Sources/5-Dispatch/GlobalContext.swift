import AWS
import Authentication
import Authorization
import HTTP
import World

/// The condition keys that hold for every request, filled in when a policy first asks for one.
///
/// - Source: IAM User Guide, "AWS global condition context keys". Keys that this server cannot know are absent.
struct GlobalContext: Sendable {
    private let facts: RequestFacts
    private let policies: CallerPolicies

    init(_ facts: RequestFacts, _ policies: CallerPolicies) { (self.facts, self.policies) = (facts, policies) }

    /// The context of one question, about what `owner` has: the service's own keys and these. Both are looked for when a
    /// policy first asks for one; few do.
    func sought(_ keys: [ConditionEntry], for action: Action, of owner: AccountID) -> RequestContext {
        RequestContext(
            expecting: 0,
            later: { key in GlobalContext.own(key, among: keys) ?? value(of: key.description, action, owner) })
    }

    /// Of keys given twice the last counts, and a list without values is an absent key.
    private static func own(_ key: ConditionKey, among keys: [ConditionEntry]) -> ContextValue? {
        for entry in keys.reversed() where key.isNamed(entry.key) {
            switch entry.value {
            case .one(let value): return .single(value)
            case .many(let values): return values.isEmpty ? nil : .multiple(values)
            case .watched(let value): return .single(value.look())
            }
        }
        return nil
    }

    /// The same, with the service's keys in it, so that they can be listed.
    func context(_ keys: [ConditionEntry], for action: Action, of owner: AccountID) -> RequestContext {
        var context = RequestContext(
            expecting: keys.count, later: { key in value(of: key.description, action, owner) })
        for entry in keys {
            switch entry.value {
            case .one(let value): context.set(entry.key, value)
            case .many(let values): context.set(entry.key, values: values)
            case .watched(let value): context.set(entry.key, value.text)
            }
        }
        return context
    }

    /// `name` is in lower case.
    private func value(of name: String, _ action: Action, _ owner: AccountID) -> ContextValue? {
        guard let (key, tag) = GlobalKey.find(name) else {
            return (facts.caller.session?.providerKeys[name] ?? ofSignature(name)).map { .single($0) }
        }
        switch key {
        case .principalTag:
            return policies.tags.first { $0.key.lowercased().utf8.elementsEqual(tag.utf8) }.map { .single($0.value) }
        case .calledVia: return calledVia.isEmpty ? nil : .multiple(calledVia)
        case .principalServiceNamesList: return serviceName.map { .multiple([$0]) }
        case .requestedRegion:
            let region = GlobalContext.singleEndpoint.contains(action.service) ? Region.usEast1 : facts.region
            return .single(region.description)
        case .resourceAccount: return .single(owner.description)
        default: return (ofRequest(key) ?? ofPrincipal(key) ?? ofSession(key)).map { .single($0) }
        }
    }

    /// Services with one endpoint for all Regions, which lies in us-east-1.
    private static let singleEndpoint: Set<String> = ["iam", "organizations", "account", "cloudfront", "route53"]

    /// Whether a service made the call for itself: in its own name, or with a session of a role.
    private var isServiceOwn: Bool { facts.actingService != nil || facts.source != nil }
    /// Whether a service made the call, for itself or in the caller's name.
    private var isFromService: Bool { isServiceOwn || !facts.calledVia.isEmpty }
    /// The services that called in the caller's name.
    private var calledVia: [String] { isServiceOwn ? [] : facts.calledVia }

    /// From the connection, the clock and the request's head, or from the service that forwarded it.
    private func ofRequest(_ key: GlobalKey) -> String? {
        switch key {
        case .currentTime: facts.now.iso8601
        case .epochTime: String(facts.now.seconds)
        // A service has no address; one that calls in the caller's name has the caller's.
        // - Source: IAM User Guide, "Forward access sessions".
        case .sourceIP: isServiceOwn ? nil : facts.connection.peerAddress
        // Between services there is no wire to listen to.
        case .secureTransport: isFromService || facts.connection.tls != nil ? "true" : "false"
        case .sourceARN: facts.source?.arn
        case .sourceAccount: facts.source?.account.description
        case .userAgent: facts.invoker ?? facts.userAgent
        case .referer: isFromService ? nil : facts.referer
        case .viaAWSService: calledVia.isEmpty ? "false" : "true"
        case .calledViaFirst: calledVia.first
        case .calledViaLast: calledVia.last
        default: nil
        }
    }

    /// From the caller's identity.
    private func ofPrincipal(_ key: GlobalKey) -> String? {
        let principal = facts.caller.principal
        switch key {
        case .principalARN:
            if case .roleSession(let session) = principal { return session.roleARN }
            return principal.arn
        case .principalAccount: return principal == .anonymous ? "anonymous" : principal.account?.description
        case .principalIsAWSService:
            guard principal != .anonymous else { return nil }
            return serviceName == nil ? "false" : "true"
        case .principalServiceName: return serviceName
        case .principalType: return type(principal)
        case .userID: return serviceName == nil ? principal.userID : nil
        case .userName: return facts.caller.userName
        default: return nil
        }
    }

    private var serviceName: String? {
        if case .service(let name) = facts.caller.principal { return name }
        return nil
    }

    /// From temporary credentials; long-term ones have none of these, but for the second factor if it came with the call.
    private func ofSession(_ key: GlobalKey) -> String? {
        switch key {
        case .multiFactorAuthPresent:
            if facts.authenticatedWithMFA != nil { return "true" }
            // A service that calls in the name of who has long-term keys does so with temporary ones.
            guard let session = facts.caller.session else { return calledVia.isEmpty ? nil : "false" }
            return session.isVouchedFor ? nil : "false"
        case .multiFactorAuthAge:
            return facts.authenticatedWithMFA.map { String(($0.milliseconds - facts.now.milliseconds) / -1000) }
        default: break
        }
        if case .bearer(let bearer) = facts.caller.principal, bearer.kind == .webIdentity, key == .federatedProvider {
            return bearer.provider
        }
        guard let session = facts.caller.session else { return nil }
        switch key {
        case .tokenIssueTime: return session.issued.iso8601
        case .sourceIdentity: return session.sourceIdentity
        case .federatedProvider: return session.origin == .assumeRoleWithWebIdentity ? session.federatedProvider : nil
        case .signInSessionARN: return session.signInSession
        case .ec2RoleDelivery: return session.delivery?.version
        case .ec2SourceInstanceARN: return session.delivery?.instanceARN
        default: return nil
        }
    }

    /// S3's keys about how the request was sent and signed. Age is in milliseconds.
    private func ofSignature(_ name: String) -> String? {
        let caller = facts.caller
        switch name {
        case "s3:authtype":
            switch caller.method {
            case .header: return "REST-HEADER"
            case .query: return "REST-QUERY-STRING"
            case .form: return "POST"
            case .anonymous, .signIn: return nil
            }
        case "s3:signatureversion":
            return caller.signatureVersion.map { $0 == .version2 ? "AWS" : "AWS4-HMAC-SHA256" }
        // - Source: S3 API Reference, "Amazon S3 Signature Version 4 authentication specific policy keys": 0 with version 2.
        case "s3:signatureage":
            return caller.signatureVersion == .version2 ? "0" : caller.signatureAge.map(String.init)
        // A link promises nothing of its body.
        case "s3:x-amz-content-sha256": return facts.contentHash ?? (caller.method == .query ? "UNSIGNED-PAYLOAD" : nil)
        case "s3:tlsversion": return facts.connection.tls.map { String($0.version.drop { $0 != "1" }) }
        default: return nil
        }
    }

    private func type(_ principal: Principal) -> String? {
        switch principal {
        case .root: "Account"
        case .user: "User"
        case .roleSession: "AssumedRole"
        case .federatedUser: "FederatedUser"
        case .bearer(let bearer): bearer.kind == .saml ? "SAMLUser" : "WebIdentityUser"
        case .anonymous: "Anonymous"
        case .service: nil
        }
    }
}
