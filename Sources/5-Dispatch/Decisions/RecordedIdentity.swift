import AWS
import Formats

/// Reads who called from a CloudTrail record of ours (`EventIdentity` writes it).
enum RecordedIdentity {
    private struct Parts {
        var texts: [String: String] = [:]
        /// Of `sessionContext.sessionIssuer`.
        var issuer: [String: String] = [:]
    }

    /// Nil where the record does not say it as ours do.
    static func principal(of record: [UInt8]) -> Principal? {
        guard let parts = try? parts(of: record) else { return nil }
        let (texts, issuer) = (parts.texts, parts.issuer)
        switch texts["type"] {
        case "Root": return account(texts).map { .root($0) }
        case "IAMUser": return user(texts).map { .user($0) }
        case "AssumedRole":
            guard let account = account(texts), let arn = issuer["arn"].flatMap({ ARN($0) }),
                let id = issuer["principalId"],
                let (path, name) = named(arn.resource, "role"), let session = last(texts["arn"])
            else { return nil }
            return .roleSession(
                RoleSessionPrincipal(account: account, roleName: name, rolePath: path, roleID: id, sessionName: session)
            )
        case "FederatedUser":
            guard let account = account(texts), let name = last(texts["arn"]) else { return nil }
            let isRoots = issuer["type"] == "Root"
            guard let user = isRoots ? .some(nil) : user(issuer).map(Optional.some) else { return nil }
            return .federatedUser(FederatedUserPrincipal(account: account, name: name, issuer: user))
        case "AWSService": return texts["invokedBy"].map { .service($0) }
        case "AWSAccount": return texts["accountId"] == "anonymous" ? .anonymous : nil
        default: return nil
        }
    }

    private static func account(_ texts: [String: String]) -> AccountID? {
        texts["accountId"].flatMap { AccountID($0) }
    }

    private static func user(_ texts: [String: String]) -> UserPrincipal? {
        guard let account = account(texts), let arn = texts["arn"].flatMap({ ARN($0) }), let id = texts["principalId"],
            let (path, name) = named(arn.resource, "user")
        else { return nil }
        return UserPrincipal(account: account, name: name, path: path, uniqueID: id)
    }

    /// The path and the name in `user/path/name`.
    private static func named(_ resource: some StringProtocol, _ kind: String) -> (path: String, name: String)? {
        guard resource.hasPrefix(kind + "/"), let slash = resource.lastIndex(of: "/") else { return nil }
        let name = resource[resource.index(after: slash)...]
        return (String(resource.dropFirst(kind.utf8.count).prefix(upTo: resource.index(after: slash))), String(name))
    }

    private static func last(_ arn: String?) -> String? { arn?.split(separator: "/").last.map(String.init) }

    private static func parts(of record: [UInt8]) throws(JSONError) -> Parts {
        var json = JSONReader(record)
        var parts = Parts()
        try json.beginObject()
        while let key = try json.nextKey() {
            if key == "userIdentity" { try identity(&json, &parts) } else { try json.skipValue() }
        }
        return parts
    }

    private static func identity(_ json: inout JSONReader, _ parts: inout Parts) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            if key == "sessionContext" {
                try session(&json, &parts)
            } else if try json.peek() == .string {
                parts.texts[key] = try json.readString()
            } else {
                try json.skipValue()
            }
        }
    }

    private static func session(_ json: inout JSONReader, _ parts: inout Parts) throws(JSONError) {
        try json.beginObject()
        while let key = try json.nextKey() {
            guard key == "sessionIssuer" else {
                try json.skipValue()
                continue
            }
            try json.beginObject()
            while let name = try json.nextKey() { parts.issuer[name] = try json.readString() }
        }
    }
}
