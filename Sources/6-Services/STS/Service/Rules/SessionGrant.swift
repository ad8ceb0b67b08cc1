import AWS
import Authentication
import Crypto
import Formats
import World

/// What temporary credentials are: for whom, and everything that is known of the session. A token is this, sealed.
struct SessionGrant: Sendable {
    /// A user, the root user, a session of a role, or a federated user.
    let principal: Principal
    let facts: SessionFacts

    init(_ principal: Principal, _ facts: SessionFacts) { (self.principal, self.facts) = (principal, facts) }

    var expires: Instant { facts.expires }

    /// The token's content. One-letter names, because tokens travel with every request; what is not there is left out.
    ///
    /// `k` kind, `a` account, `r` name, `p` path, `i` unique id, `n` session's or federated name, `o` origin, `t` issued,
    /// `e` expires, `m` second factor (milliseconds), `P` inline policy, `M` ARNs of managed policies, `g` tags,
    /// `T` transitive tag keys, `d` source identity, `f` provider, `G` sign-in, `D` metadata service and `I` instance that keys came by,
    /// `s` secret. What narrows a session must not be overlooked: `M` is a list in a list, at which a server that does not
    /// know it refuses the token.
    func encoded(secret: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("s", secret)
        write(principal, &json)
        json.member("o", String(facts.origin.rawValue))
        number("t", facts.issued, &json)
        number("e", facts.expires, &json)
        if let factor = facts.authenticatedWithMFA { number("m", factor, &json) }
        list("P", facts.sessionPolicy.map { [$0] } ?? [], &json)
        if !facts.sessionPolicyARNs.isEmpty {
            json.key("M")
            json.beginArray()
            array(facts.sessionPolicyARNs, &json)
            json.endArray()
        }
        pairs("g", facts.tags, &json)
        if !facts.transitiveTagKeys.isEmpty { list("T", facts.transitiveTagKeys.sorted(), &json) }
        if let source = facts.sourceIdentity { json.member("d", source) }
        if let provider = facts.federatedProvider { json.member("f", provider) }
        if let signIn = facts.signInSession { json.member("G", signIn) }
        // The provider's condition keys, names and values in turn; and whether a role was assumed from a session.
        pairs("F", facts.providerKeys, &json)
        if facts.isChained { json.member("c", "1") }
        if let delivery = facts.delivery {
            json.member("D", delivery.version)
            json.member("I", delivery.instanceARN)
        }
        json.endObject()
        return json.bytes
    }

    private func write(_ principal: Principal, _ json: inout JSONWriter) {
        switch principal {
        case .root(let account):
            json.member("k", "root")
            json.member("a", account.description)
        case .user(let user):
            json.member("k", "user")
            write(user, &json)
        case .roleSession(let session):
            json.member("k", "role")
            json.member("a", session.account.description)
            json.member("r", session.roleName)
            json.member("p", session.rolePath)
            json.member("i", session.roleID)
            json.member("n", session.sessionName)
        case .federatedUser(let federated):
            json.member("k", "federated")
            json.member("n", federated.name)
            if let issuer = federated.issuer {
                write(issuer, &json)
            } else {
                json.member("a", federated.account.description)
            }
        case .bearer, .service, .anonymous: preconditionFailure("only identities of an account have sessions")
        }
    }

    private func write(_ user: UserPrincipal, _ json: inout JSONWriter) {
        json.member("a", user.account.description)
        json.member("r", user.name)
        json.member("p", user.path)
        json.member("i", user.uniqueID)
    }

    private func number(_ key: String, _ instant: Instant, _ json: inout JSONWriter) {
        json.key(key)
        json.integer(instant.milliseconds)
    }

    private func pairs(_ key: String, _ texts: [String: String], _ json: inout JSONWriter) {
        guard !texts.isEmpty else { return }
        list(key, texts.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }, &json)
    }

    private func list(_ key: String, _ texts: [String], _ json: inout JSONWriter) {
        guard !texts.isEmpty else { return }
        json.key(key)
        array(texts, &json)
    }

    private func array(_ texts: [String], _ json: inout JSONWriter) {
        json.beginArray()
        for text in texts { json.string(text) }
        json.endArray()
    }
}
