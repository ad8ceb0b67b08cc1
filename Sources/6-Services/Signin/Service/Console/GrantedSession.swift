import AWS
import Authentication
import Crypto
import Door
import HTTP
import Journal
import Storage
import World

/// A session of the console that temporary credentials open: the row, its record, and the answer that brings its cookie.
struct GrantedSession: Sendable {
    private let session: ConsoleSession
    private let event: Event
    private let location: String
    private let secret: String
    private let former: (session: ConsoleSession, event: Event)?

    /// Nil for credentials of no account.
    /// - Parameters:
    ///   - location: the page that the browser goes on to.
    ///   - provider: of a SAML provider that vouched, the ARN.
    ///   - visitor: who is signed in at this browser, and is not any more.
    ///   - grant: the credentials, sealed for a session with the secret.
    init?(
        _ credential: Credential, to location: String, by provider: String? = nil, insteadOf visitor: Visitor? = nil,
        _ request: ConsoleRequest, _ parts: SignInParts, grant: (String) throws -> [UInt8]
    ) throws {
        guard let account = credential.principal.account, let facts = credential.session else { return nil }
        (secret, self.location) = (Secret.make(), location)
        session = ConsoleSession(
            secret, account, owner: "", version: 0, created: request.now, expires: facts.expires,
            mfa: facts.authenticatedWithMFA, agent: request.agent, grant: try grant(secret))
        event = SignInRecord(
            name: "ConsoleLogin", account: account,
            identity: EventIdentity(
                signingIn: credential.principal, session: EventIdentity.Session(facts, began: request.now)),
            loginTo: request.origin + location, provider: provider
        ).event(request, parts.world.identifiers)
        former = visitor.map { ($0.session, $0.logout.event(request, parts.world.identifiers)) }
    }

    /// Begins it, and writes down that it began. A session that the browser has already ends with that, on the record.
    func insert(_ parts: SignInParts, _ transaction: inout Transaction) throws {
        if let former, try former.session.end(&transaction) {
            try parts.journal.append(former.event, in: &transaction)
        }
        try session.insert(&transaction)
        try parts.journal.append(event, in: &transaction)
    }

    /// To the page, with the cookie. - Parameter status: 303 after a POST.
    func answer(_ request: ConsoleRequest, status: Int = 302) -> Response {
        let seconds = session.expires.seconds - request.now.seconds
        return ConsoleAnswer.redirect(location, status: status, cookie: request.cookie(secret, seconds: seconds))
    }
}
