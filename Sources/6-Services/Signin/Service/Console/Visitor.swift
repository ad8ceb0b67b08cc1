import AWS
import Authentication
import Crypto
import Door
import Journal
import KeyVault
import Storage
import World

/// Who has a session of the console.
struct Visitor: Sendable {
    let session: ConsoleSession
    let secret: String
    let principal: Principal
    /// Nil for a session that came from temporary credentials.
    let identity: SignInIdentity?
    /// What those were.
    let origin: SessionFacts?

    /// Nil where there is no such session, or it is over: by time, because the password is another or gone, the user is no
    /// more, or the cookie comes from another kind of browser.
    static func find(_ request: ConsoleRequest, _ parts: SignInParts) throws -> Visitor? {
        guard let secret = request.cookie else { return nil }
        let found = try parts.store.read { snapshot throws -> (ConsoleSession, SignInIdentity?)? in
            guard let session = try ConsoleSession.find(secret, at: request.now, snapshot) else { return nil }
            return (
                session, session.owner.isEmpty ? nil : try parts.people.identity(owner: session.owner, in: snapshot)
            )
        }
        guard let (session, identity) = found, constantTimeEquals(session.agent, request.agent) else { return nil }
        if let grant = session.grant {
            guard let credential = try ConsoleGrant.open(grant, session, request.now, parts) else { return nil }
            return Visitor(
                session: session, secret: secret, principal: credential.principal, identity: nil,
                origin: credential.session)
        }
        guard let identity, identity.password != nil, identity.version == session.version else { return nil }
        return Visitor(session: session, secret: secret, principal: identity.principal, identity: identity, origin: nil)
    }

    /// Facts of credentials that this session gives: issued when somebody signed in, or when the credentials were that were
    /// brought. Policies revoke what was issued before a time, and no session makes itself new.
    func facts(until expires: Instant) -> SessionFacts {
        guard let origin else {
            return SessionFacts(.signIn, issued: session.created, expires: expires, authenticatedWithMFA: session.mfa)
        }
        return origin.renewed(issued: origin.issued, expires: expires)
    }

    var eventIdentity: EventIdentity {
        EventIdentity(signingIn: principal, session: origin.map { EventIdentity.Session($0, began: session.created) })
    }

    /// That the session is over.
    var logout: SignInRecord { SignInRecord(name: "Logout", account: session.account, identity: eventIdentity) }

    /// The request in this visitor's name.
    func requestFacts(_ request: ConsoleRequest, _ identifiers: Identifiers) -> RequestFacts {
        let credential = Credential(
            accessKeyID: "", secret: Secret.none(), version: 0, principal: principal,
            session: facts(until: session.expires))
        return RequestFacts(
            caller: .signedIn(credential), region: .usEast1, now: request.now, requestID: identifiers.uuid(),
            head: request.head)
    }
}

extension SessionFacts {
    /// The same session with other times.
    func renewed(issued: Instant, expires: Instant, signIn: String? = nil) -> SessionFacts {
        SessionFacts(
            origin, issued: issued, expires: expires, authenticatedWithMFA: authenticatedWithMFA,
            sessionPolicy: sessionPolicy, sessionPolicyARNs: sessionPolicyARNs, tags: tags,
            transitiveTagKeys: transitiveTagKeys, sourceIdentity: sourceIdentity,
            federatedProvider: federatedProvider, signInSession: signIn ?? signInSession, delivery: delivery,
            isChained: isChained, providerKeys: providerKeys)
    }
}

extension EventIdentity.Session {
    init(_ facts: SessionFacts, began: Instant) {
        self.init(
            created: began, isMFAAuthenticated: facts.authenticatedWithMFA != nil,
            sourceIdentity: facts.sourceIdentity)
    }
}

extension Secret {
    /// For credentials that sign nothing.
    static func none() -> SecretBytes {
        var nothing: [UInt8] = SecureRandom.bytes(32)
        return SecretBytes(taking: &nothing)
    }
}
