import AWS
import Authentication
import Crypto
public import Door
import Formats
public import HTTP
import IAMAPI
import Journal
import Smithy
import Storage
import World

/// Answers what browsers ask to sign in: the console's API, the federation endpoint, SAML, the browser's half of `aws login`.
///
/// Its paths lie beside S3's. A request is the desk's only where nothing in it claims to be signed and its host names no
/// bucket: a signed call to a bucket called `console` reaches that bucket.
public final class ConsoleDesk: Sendable {
    let parts: SignInParts
    let front: Front
    let signingIn: SigningIn
    let federation: Federation
    let authorizing: Authorizing
    let saml: SAMLSigningIn

    private static let api = "/console/api/"

    /// - Parameter front: makes calls in the name of who is signed in.
    public init(_ parts: SignInParts, _ front: Front) {
        (self.parts, self.front) = (parts, front)
        signingIn = SigningIn(parts, front)
        federation = Federation(parts, front)
        authorizing = Authorizing(parts, front)
        saml = SAMLSigningIn(parts, front)
    }

    /// Nil for what others answer.
    public func answer(_ head: RequestHead, _ body: any RequestBody) async -> Response? {
        guard let (path, query) = front.plainPath(head) else { return nil }
        let request = ConsoleRequest(head: head, now: parts.world.clock.now())
        do {
            if path == "/console" || path.hasPrefix("/console/") {
                return try await console(path, request, body)
            }
            // Only what a browser's form sends: a bucket may have that name.
            if SAMLSigningIn.isAt(path), request.isPost, request.isForm {
                return try await saml.answer(request, body)
            }
            if path == "/federation" { return try await federation.answer(request, query, body) }
            // Where codes of `aws login` go: to a tool on this machine, never to a page in a bucket of this name.
            if path == "/oauth/callback" { return ConsoleDesk.nothing }
            if path == "/v1/authorize" { return try await authorizing.answer(request, query) }
            return nil
        } catch let error as any ServiceError {
            return ConsoleAnswer.error(error)
        } catch {
            parts.world.log(.error, "a sign-in failed", ["error": "\(error)"])
            return ConsoleAnswer.error(500, "InternalFailure", "The sign-in failed; the server's log says why.")
        }
    }

    private func console(_ path: String, _ request: ConsoleRequest, _ body: any RequestBody) async throws -> Response {
        guard path.hasPrefix(ConsoleDesk.api) else {
            guard request.head.matches(request.head.method, "GET") else { return ConsoleDesk.nothing }
            return try SignedInPage(request: request, parts: parts).answer()
        }
        let step = path.dropFirst(ConsoleDesk.api.count)
        if step == "session", request.head.matches(request.head.method, "GET") { return try session(request) }
        guard request.isPost else { return ConsoleDesk.nothing }
        guard request.isOwn, request.isJSON else { return ConsoleAnswer.forged }
        guard request.isConfidential else { return ConsoleAnswer.unsafe }
        let bytes = try await front.whole(body, of: request.head)
        guard let form = try? ConsoleForm(bytes) else { return ConsoleAnswer.malformed }
        let request = request.read(at: parts.world.clock.now())
        switch step {
        case "sign-in": return try await signingIn.begin(form, request)
        case "second-factor": return try await signingIn.secondFactor(form, request)
        case "new-password": return try await signingIn.newPassword(form, request)
        default: break
        }
        guard let visitor = try Visitor.find(request, parts) else { return ConsoleAnswer.noSession }
        guard let token = request.head.text("x-gatehouse-csrf"),
            constantTimeEquals(Array(token.utf8), Array(try parts.forgeryToken(visitor.secret).utf8))
        else { return ConsoleAnswer.forged }
        switch step {
        case "sign-out": return try await signOut(visitor, request)
        case "password": return try await changePassword(form, visitor, request)
        case "root/password": return try await signingIn.changeRootPassword(form, visitor, request)
        case "credentials": return try credentials(visitor, request)
        default: return ConsoleDesk.nothing
        }
    }

    private static let nothing = ConsoleAnswer.error(404, "NotFound", "There is nothing at this path for this method.")

    /// Who is signed in, and the token that requests of this session need.
    private func session(_ request: ConsoleRequest) throws -> Response {
        guard request.isOwn, let visitor = try Visitor.find(request, parts) else { return ConsoleAnswer.noSession }
        let token = try parts.forgeryToken(visitor.secret)
        return ConsoleAnswer.json(200) { SigningIn.describe(visitor.principal, visitor.session, token, &$0) }
    }

    private func signOut(_ visitor: Visitor, _ request: ConsoleRequest) async throws -> Response {
        let event = visitor.logout.event(request, parts.world.identifiers)
        try await parts.store.write(.synced, isReclaiming: true) { [parts] transaction in
            _ = try visitor.session.end(&transaction)
            try parts.journal.append(event, in: &transaction)
        }
        return ConsoleAnswer.json(200, cookie: request.cookie("", seconds: 0)) { $0.member("status", "SIGNED_OUT") }
    }

    /// A user's own password, by IAM's ChangePassword. The session goes on under the new one; all others end.
    private func changePassword(_ form: ConsoleForm, _ visitor: Visitor, _ request: ConsoleRequest) async throws
        -> Response
    {
        guard let identity = visitor.identity else {
            throw AccessDenied("Only a session that began with a password has one to change.")
        }
        if identity.isRoot { return try await signingIn.changeRootPassword(form, visitor, request) }
        guard let old = form.password, let new = form.newPassword else { return ConsoleAnswer.malformed }
        let facts = visitor.requestFacts(request, parts.world.identifiers)
        _ = try await front.call(
            IAM.ChangePassword.self, IAM.ChangePassword.Input(oldPassword: old, newPassword: new), for: facts)
        return try await signingIn.renewed(visitor, identity, request)
    }

    /// Credentials with which the console makes the visitor's calls, for a quarter of an hour at most.
    private func credentials(_ visitor: Visitor, _ request: ConsoleRequest) throws -> Response {
        let expires = min(request.now + .seconds(900), visitor.session.expires)
        let keys = try parts.issuer.issue(visitor.principal, visitor.facts(until: expires))
        return ConsoleAnswer.json(200) { json in
            json.member("accessKeyId", keys.accessKeyID)
            json.member("secretAccessKey", keys.secret)
            json.member("sessionToken", keys.token)
            json.member("expiration", expires.iso8601)
        }
    }
}
