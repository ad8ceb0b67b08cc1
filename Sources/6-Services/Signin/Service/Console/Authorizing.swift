import AWS
import Crypto
import Door
import Formats
import HTTP
import Journal
import SigninAPI
import Storage
import World

/// `/v1/authorize`: the browser's half of `aws login`. Who has a session of the console is sent back to the tool on the
/// same machine with a code; who has none, to the sign-in first.
/// - Source: AWS Sign-In API Reference, "AuthorizeOAuth2Access"; RFC 8252, section 7.3.
struct Authorizing: Sendable {
    private let parts: SignInParts
    private let front: Front

    init(_ parts: SignInParts, _ front: Front) { (self.parts, self.front) = (parts, front) }

    /// Seconds that a code is good for.
    private static let codeLife: Int64 = 300
    private static let client = "arn:aws:signin:::devtools/same-device"

    /// What a tool asks for.
    private struct Wish {
        let redirect, challenge: String
        let state: String?
    }

    func answer(_ request: ConsoleRequest, _ query: RequestParameters) async throws -> Response {
        guard request.isConfidential else { return ConsoleAnswer.unsafe }
        let wish: Wish
        switch Authorizing.wish(query) {
        case .success(let found): wish = found
        case .failure(let fault): return ConsoleAnswer.error(400, "INVALID_REQUEST", fault.message)
        }
        guard request.isOwn, let visitor = try Visitor.find(request, parts) else {
            let target = request.head.text(request.head.target)
            return ConsoleAnswer.redirect("/console/sign-in?continue=" + PercentEncoding.encode(target))
        }
        let facts = visitor.requestFacts(request, parts.world.identifiers)
        do { try front.decide(ask(wish, visitor), for: facts) } catch let denied as AccessDenied {
            try await record(wish, visitor, request, facts.requestID, denied: denied.message)
            return Authorizing.back(wish, ["error": "access_denied", "error_description": denied.message])
        }
        let code = Secret.make()
        let content = try grant(wish, visitor, request).sealed(for: code, parts.vault)
        let event = event(wish, visitor, request, facts.requestID, denied: nil)
        try await parts.store.write(.synced) { [parts] transaction in
            try Ticket.put(
                code, .authorizationCode, content, until: request.now + .seconds(Authorizing.codeLife),
                now: request.now, &transaction)
            try parts.journal.append(event, in: &transaction)
        }
        return Authorizing.back(wish, ["code": code])
    }

    private struct Fault: Error { let message: String }

    private static func wish(_ query: RequestParameters) -> Result<Wish, Fault> {
        func fault(_ message: String) -> Result<Wish, Fault> { .failure(Fault(message: message)) }
        guard query.text("client_id") == client else {
            return fault("client_id must be \(client).")
        }
        guard let redirect = query.text("redirect_uri"), isLoopback(redirect) else {
            return fault("redirect_uri must be http://127.0.0.1:PORT/oauth/callback.")
        }
        guard query.text("response_type") == "code" else { return fault("response_type must be code.") }
        guard query.text("code_challenge_method") == "SHA-256", let challenge = query.text("code_challenge"),
            Base64URL.decode(challenge)?.count == SHA256.byteCount
        else { return fault("code_challenge must be a SHA-256 in Base64URL, and code_challenge_method SHA-256.") }
        guard query.text("scope") == "openid", query.text("resource") == nil else {
            return fault("scope must be openid, and resource is not honoured.")
        }
        return .success(Wish(redirect: redirect, challenge: challenge, state: query.text("state")))
    }

    /// The code goes to this machine or nowhere.
    private static func isLoopback(_ uri: String) -> Bool {
        let (head, tail) = ("http://127.0.0.1:", "/oauth/callback")
        guard uri.hasPrefix(head), uri.hasSuffix(tail) else { return false }
        let port = uri.dropFirst(head.count).dropLast(tail.count)
        return (1...5).contains(port.utf8.count) && port.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && UInt16(port) != nil
    }

    /// What policies are asked about.
    static func resource(_ region: Region, _ account: AccountID) -> String {
        "arn:aws:signin:\(region):\(account):oauth2/public-client/localhost"
    }

    private func ask(_ wish: Wish, _ visitor: Visitor) -> Ask {
        Ask(
            Action("signin", "AuthorizeOAuth2Access"),
            on: Authorizing.resource(.usEast1, visitor.session.account), of: visitor.session.account,
            keys: [
                ConditionEntry(.signinOAuthClientId, Authorizing.client),
                ConditionEntry(.signinOAuthRedirectUri, wish.redirect),
            ])
    }

    private func grant(_ wish: Wish, _ visitor: Visitor, _ request: ConsoleRequest) throws -> LoginGrant {
        var grant = LoginGrant(
            owner: visitor.session.owner, version: visitor.session.version, mfa: visitor.session.mfa,
            began: request.now, expires: visitor.session.expires, client: Authorizing.client,
            redirect: wish.redirect, challenge: wish.challenge)
        if visitor.identity == nil {
            let keys = try parts.issuer.issue(
                visitor.principal, visitor.facts(until: visitor.session.expires))
            (grant.keyID, grant.token) = (keys.accessKeyID, keys.token)
        }
        return grant
    }

    private static func back(_ wish: Wish, _ parameters: KeyValuePairs<String, String>) -> Response {
        var pairs = parameters.map { $0.key + "=" + PercentEncoding.encode($0.value) }
        if let state = wish.state { pairs.append("state=" + PercentEncoding.encode(state)) }
        return ConsoleAnswer.redirect(wish.redirect + "?" + pairs.joined(separator: "&"))
    }

    // MARK: The record

    private func record(
        _ wish: Wish, _ visitor: Visitor, _ request: ConsoleRequest, _ id: String, denied: String?
    ) async throws {
        try await parts.journal.record(event(wish, visitor, request, id, denied: denied), .synced)
    }

    private func event(
        _ wish: Wish, _ visitor: Visitor, _ request: ConsoleRequest, _ id: String, denied: String?
    ) -> Event {
        Event(
            id: parts.world.identifiers.uuid(), time: request.now, account: visitor.session.account, region: .usEast1,
            source: "signin.amazonaws.com", name: "AuthorizeOAuth2Access", isReadOnly: true, category: .management,
            identity: visitor.eventIdentity, sourceAddress: request.head.connection.peerAddress,
            userAgent: request.head.text("user-agent"), requestID: id, tls: request.head.connection.tls,
            host: request.head.text("host"), errorCode: denied == nil ? nil : "AccessDenied", errorMessage: denied,
            requestParameters: Authorizing.parameters([
                "scope": "openid", "redirect_uri": wish.redirect, "code_challenge_method": "SHA-256",
                "client_id": Authorizing.client,
            ]), additionalData: denied == nil ? Authorizing.success : nil)
    }

    static func parameters(_ members: KeyValuePairs<String, String>) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for (name, value) in members { json.member(name, value) }
        json.endObject()
        return json.bytes
    }

    /// As the records of AWS have it.
    static let success = parameters(["success": "true", "x-amzn-vpce-id": ""])
}
