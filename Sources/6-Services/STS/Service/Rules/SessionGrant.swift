import AWS
import Authentication
import Crypto
import Formats
import World

/// What a session of a role is: for whom, how long, and under which session policies.
struct SessionGrant: Sendable {
    let principal: RoleSessionPrincipal
    let issued: Instant
    let expires: Instant
    /// Documents, the inline one first, then those of the managed policies, as they are now.
    let policies: [String]
    let policyARNs: [String]

    /// The token's content. One-letter names, because tokens travel with every request.
    func encoded(secret: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("s", secret)
        json.member("a", principal.account.description)
        json.member("r", principal.roleName)
        json.member("p", principal.rolePath)
        json.member("i", principal.roleID)
        json.member("n", principal.sessionName)
        json.key("t")
        json.integer(issued.milliseconds)
        json.key("e")
        json.integer(expires.milliseconds)
        list("P", policies, &json)
        list("A", policyARNs, &json)
        json.endObject()
        return json.bytes
    }

    private func list(_ key: String, _ texts: [String], _ json: inout JSONWriter) {
        json.key(key)
        json.beginArray()
        for text in texts { json.string(text) }
        json.endArray()
    }

    /// Nil where the bytes are no grant of ours.
    static func credential(_ bytes: [UInt8], accessKeyID: String) -> Credential? {
        guard let parts = try? Parts(bytes), let account = AccountID(parts.texts["a"] ?? ""),
            let role = parts.texts["r"], let path = parts.texts["p"], let id = parts.texts["i"],
            let name = parts.texts["n"], let secret = parts.texts["s"], let issued = parts.times["t"],
            let expires = parts.times["e"]
        else { return nil }
        var secretBytes = Array(secret.utf8)
        return Credential(
            accessKeyID: accessKeyID, secret: SecretBytes(taking: &secretBytes), version: 0,
            principal: .roleSession(
                RoleSessionPrincipal(account: account, roleName: role, rolePath: path, roleID: id, sessionName: name)),
            session: SessionFacts(
                issued: Instant(milliseconds: issued), expires: Instant(milliseconds: expires),
                sessionPolicies: parts.lists["P"] ?? [], sessionPolicyARNs: parts.lists["A"] ?? []))
    }

    /// The members of a token, by name.
    private struct Parts {
        var texts: [String: String] = [:]
        var times: [String: Int64] = [:]
        var lists: [String: [String]] = [:]

        init(_ bytes: [UInt8]) throws {
            var json = JSONReader(bytes)
            try json.beginObject()
            while let key = try json.nextKey() {
                switch try json.peek() {
                case .string: texts[key] = try json.readString()
                case .number: times[key] = try json.readInt64()
                default:
                    var list: [String] = []
                    try json.beginArray()
                    while try json.nextElement() { list.append(try json.readString()) }
                    lists[key] = list
                }
            }
            try json.finish()
        }
    }
}
