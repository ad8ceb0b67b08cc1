import AWS
import Authentication
import Crypto
import Formats
import World

extension SessionGrant {
    /// The credential of a token's content. Nil where the bytes are no grant of ours.
    static func credential(_ bytes: [UInt8], accessKeyID: String) -> Credential? {
        guard let parts = try? GrantParts(bytes), let principal = parts.principal, let facts = parts.facts,
            let secret = parts.texts["s"]
        else { return nil }
        var secretBytes = Array(secret.utf8)
        return Credential(
            accessKeyID: accessKeyID, secret: SecretBytes(taking: &secretBytes), version: 0, principal: principal,
            session: facts)
    }
}

/// The members of a token, by name.
private struct GrantParts {
    var texts: [String: String] = [:]
    var times: [String: Instant] = [:]
    var lists: [String: [String]] = [:]

    init(_ bytes: [UInt8]) throws {
        var json = JSONReader(bytes)
        try json.beginObject()
        while let key = try json.nextKey() {
            switch try json.peek() {
            case .string: texts[key] = try json.readString()
            case .number: times[key] = Instant(milliseconds: try json.readInt64())
            default:
                if key != "M" {
                    lists[key] = try GrantParts.list(&json)
                    continue
                }
                try json.beginArray()
                while try json.nextElement() { lists[key, default: []] += try GrantParts.list(&json) }
            }
        }
        try json.finish()
    }

    private static func list(_ json: inout JSONReader) throws -> [String] {
        var list: [String] = []
        try json.beginArray()
        while try json.nextElement() { list.append(try json.readString()) }
        return list
    }

    var principal: Principal? {
        guard let account = AccountID(texts["a"] ?? "") else { return nil }
        switch texts["k"] {
        case "root": return .root(account)
        case "user": return user(account).map { .user($0) }
        case "role":
            guard let name = texts["r"], let path = texts["p"], let id = texts["i"], let session = texts["n"] else {
                return nil
            }
            return .roleSession(
                RoleSessionPrincipal(account: account, roleName: name, rolePath: path, roleID: id, sessionName: session)
            )
        case "federated":
            guard let name = texts["n"] else { return nil }
            return .federatedUser(FederatedUserPrincipal(account: account, name: name, issuer: user(account)))
        default: return nil
        }
    }

    private func user(_ account: AccountID) -> UserPrincipal? {
        guard let name = texts["r"], let path = texts["p"], let id = texts["i"] else { return nil }
        return UserPrincipal(account: account, name: name, path: path, uniqueID: id)
    }

    var facts: SessionFacts? {
        guard let letter = texts["o"]?.first, let origin = SessionFacts.Origin(rawValue: letter),
            let issued = times["t"], let expires = times["e"]
        else { return nil }
        let (tags, providerKeys) = (pairs("g"), pairs("F"))
        // Earlier servers wrote the managed policies' texts behind the inline one, and their ARNs as `A`.
        let earlier = lists["A"] ?? []
        let inline = (lists["P"] ?? []).dropLast(earlier.count)
        guard (lists["P"] ?? []).count >= earlier.count, inline.count <= 1 else { return nil }
        let delivery = texts["D"].flatMap { version in
            texts["I"].map { SessionFacts.Delivery(version: version, instanceARN: $0) }
        }
        return SessionFacts(
            origin, issued: issued, expires: expires, authenticatedWithMFA: times["m"],
            sessionPolicy: inline.first, sessionPolicyARNs: earlier + (lists["M"] ?? []), tags: tags,
            transitiveTagKeys: Set(lists["T"] ?? []), sourceIdentity: texts["d"], federatedProvider: texts["f"],
            signInSession: texts["G"], delivery: delivery, isChained: texts["c"] != nil, providerKeys: providerKeys)
    }

    /// Names and values in turn.
    private func pairs(_ list: String) -> [String: String] {
        let flat = lists[list] ?? []
        var pairs: [String: String] = [:]
        for index in stride(from: 0, to: flat.count - 1, by: 2) { pairs[flat[index]] = flat[index + 1] }
        return pairs
    }
}
