import AWS
import Formats

/// What a CloudTrail record of ours says of the call, as far as an explanation needs it.
struct RecordedCall {
    let errorCode: String?
    let errorMessage: String?
    let requestID: String
    let sourceAddress: String
    private let identity: [String: String]
    /// `sessionContext.sessionIssuer`.
    private let issuer: [String: String]

    /// Nil where the text is no record.
    init?(_ record: [UInt8]) {
        guard let parts = try? RecordParts(record), let request = parts.texts["requestID"] else { return nil }
        (errorCode, errorMessage) = (parts.texts["errorCode"], parts.texts["errorMessage"])
        (requestID, sourceAddress) = (request, parts.texts["sourceIPAddress"] ?? "")
        (identity, issuer) = (parts.identity, parts.issuer)
    }

    /// Who called; nil where the record does not say it as ours do (`EventIdentity` writes it).
    var principal: Principal? {
        switch identity["type"] {
        case "Root": return account.map { .root($0) }
        case "IAMUser": return RecordedCall.user(identity).map { .user($0) }
        case "AssumedRole":
            guard let account, let arn = issuer["arn"].flatMap({ ARN($0) }), let id = issuer["principalId"],
                let (path, name) = RecordedCall.named(arn.resource, "role"), let session = sessionName
            else { return nil }
            return .roleSession(
                RoleSessionPrincipal(account: account, roleName: name, rolePath: path, roleID: id, sessionName: session)
            )
        case "FederatedUser":
            guard let account, let name = sessionName else { return nil }
            if issuer["type"] == "Root" {
                return .federatedUser(FederatedUserPrincipal(account: account, name: name, issuer: nil))
            }
            return RecordedCall.user(issuer).map {
                .federatedUser(FederatedUserPrincipal(account: account, name: name, issuer: $0))
            }
        case "SAMLUser", "WebIdentityUser":
            // What the record does not say is in the decision's own context: the provider as the trust policy names it.
            guard let id = identity["principalId"], let name = identity["userName"],
                let provider = identity["identityProvider"]
            else { return nil }
            return .bearer(
                BearerPrincipal(
                    kind: identity["type"] == "SAMLUser" ? .saml : .webIdentity, provider: provider,
                    identityProvider: provider, userID: id, userName: name))
        case "AWSService": return identity["invokedBy"].map { .service($0) }
        case "AWSAccount": return identity["accountId"] == "anonymous" ? .anonymous : nil
        default: return nil
        }
    }

    private var account: AccountID? { identity["accountId"].flatMap { AccountID($0) } }
    private var sessionName: String? { identity["arn"]?.split(separator: "/").last.map(String.init) }

    private static func user(_ texts: [String: String]) -> UserPrincipal? {
        guard let account = texts["accountId"].flatMap({ AccountID($0) }), let arn = texts["arn"].flatMap({ ARN($0) }),
            let id = texts["principalId"], let (path, name) = named(arn.resource, "user")
        else { return nil }
        return UserPrincipal(account: account, name: name, path: path, uniqueID: id)
    }

    /// The path and the name in `user/path/name`.
    private static func named(_ resource: some StringProtocol, _ kind: String) -> (path: String, name: String)? {
        guard resource.hasPrefix(kind + "/"), let slash = resource.lastIndex(of: "/") else { return nil }
        let path = resource[..<resource.index(after: slash)].dropFirst(kind.count)
        return (String(path), String(resource[resource.index(after: slash)...]))
    }
}

/// The texts of a record, by name: its own, its `userIdentity`'s, and its session issuer's.
private struct RecordParts {
    var texts: [String: String] = [:]
    var identity: [String: String] = [:]
    var issuer: [String: String] = [:]

    init(_ record: [UInt8]) throws(JSONError) {
        var json = JSONReader(record)
        try json.beginObject()
        while let key = try json.nextKey() {
            if key == "userIdentity" {
                try readIdentity(&json)
            } else if try json.peek() == .string {
                texts[key] = try json.readString()
            } else {
                try json.skipValue()
            }
        }
        try json.finish()
    }

    private mutating func readIdentity(_ json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            if key == "sessionContext" {
                try readSession(&json)
            } else if try json.peek() == .string {
                identity[key] = try json.readString()
            } else {
                try json.skipValue()
            }
        }
    }

    private mutating func readSession(_ json: inout JSONReader) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            guard key == "sessionIssuer" else {
                try json.skipValue()
                continue
            }
            try json.beginObject()
            while let name = try json.nextKey() { issuer[name] = try json.readString() }
        }
    }
}
