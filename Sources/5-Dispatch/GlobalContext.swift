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

    /// The context of one question: the service's own keys and these.
    func context(_ keys: [ConditionEntry]) -> RequestContext {
        var context = RequestContext(expecting: keys.count, later: { key in value(of: key.description) })
        for entry in keys {
            switch entry.value {
            case .one(let value): context.set(entry.key, value)
            case .many(let values): context.set(entry.key, values: values)
            }
        }
        return context
    }

    /// `name` is in lower case.
    private func value(of name: String) -> ContextValue? {
        if name.hasPrefix("aws:principaltag/") {
            let wanted = name.dropFirst("aws:principaltag/".count)
            return policies.tags.first { $0.key.lowercased() == wanted }.map { .single($0.value) }
        }
        return (single(name) ?? ofPrincipal(name) ?? ofSignature(name)).map { .single($0) }
    }

    /// From the connection, the clock and the request's head.
    private func single(_ name: String) -> String? {
        switch name {
        case "aws:currenttime": facts.now.iso8601
        case "aws:epochtime": String(facts.now.seconds)
        case "aws:sourceip": facts.connection.peerAddress
        case "aws:securetransport": facts.connection.tls == nil ? "false" : "true"
        case "aws:useragent": facts.userAgent
        case "aws:referer": facts.referer
        case "aws:requestedregion": facts.region.description
        case "aws:viaawsservice", "aws:principalisawsservice": "false"
        case "s3:tlsversion": facts.connection.tls.map { String($0.version.drop { $0 != "1" }) }
        default: nil
        }
    }

    /// From the caller's identity and session.
    private func ofPrincipal(_ name: String) -> String? {
        let principal = facts.caller.principal
        switch name {
        case "aws:principalarn":
            if case .roleSession(let session) = principal { return session.roleARN }
            return principal.arn
        case "aws:principalaccount": return principal.account?.description
        case "aws:principaltype": return type(principal)
        case "aws:userid": return principal.userID
        case "aws:username":
            if case .user(let user) = principal { return user.name }
            return nil
        default: return ofSession(name)
        }
    }

    private func ofSession(_ name: String) -> String? {
        guard let session = facts.caller.session else { return nil }
        switch name {
        case "aws:tokenissuetime": return session.issued.iso8601
        case "aws:multifactorauthpresent": return session.authenticatedWithMFA == nil ? "false" : "true"
        case "aws:multifactorauthage":
            return session.authenticatedWithMFA.map { String(($0.milliseconds - facts.now.milliseconds) / -1000) }
        case "aws:sourceidentity": return session.sourceIdentity
        case "aws:federatedprovider": return session.federatedProvider
        default: return nil
        }
    }

    /// S3's keys about how the request was signed. Age is in milliseconds.
    private func ofSignature(_ name: String) -> String? {
        let caller = facts.caller
        switch name {
        case "s3:authtype":
            switch caller.method {
            case .header: return "REST-HEADER"
            case .query: return "REST-QUERY-STRING"
            case .anonymous: return nil
            }
        case "s3:signatureversion":
            return caller.signatureVersion.map { $0 == .version2 ? "AWS" : "AWS4-HMAC-SHA256" }
        case "s3:signatureage": return caller.signatureAge.map(String.init)
        case "s3:x-amz-content-sha256": return facts.contentHash
        default: return nil
        }
    }

    private func type(_ principal: Principal) -> String? {
        switch principal {
        case .root: "Account"
        case .user: "User"
        case .roleSession: "AssumedRole"
        case .federatedUser: "FederatedUser"
        case .anonymous: "Anonymous"
        case .service: nil
        }
    }
}
