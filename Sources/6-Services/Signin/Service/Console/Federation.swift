import AWS
import Authentication
import Crypto
import Door
import Formats
import HTTP
import Journal
import Storage
import World

/// `/federation`: into the console with temporary credentials of AssumeRole… or GetFederationToken.
/// - Source: IAM User Guide, "Enable custom identity broker access to the AWS console".
struct Federation: Sendable {
    private let parts: SignInParts
    private let front: Front

    init(_ parts: SignInParts, _ front: Front) { (self.parts, self.front) = (parts, front) }

    /// Seconds that a sign-in token is good for.
    private static let tokenLife: Int64 = 900
    private static let durations: ClosedRange<Int> = 900...43_200

    /// Parameters come in the query or, from programs that know how long a session can be, in a form.
    func answer(_ request: ConsoleRequest, _ query: RequestParameters, _ body: any RequestBody) async throws -> Response
    {
        var (parameters, request) = (query, request)
        if request.isPost {
            guard let form = RequestParameters(form: try await front.whole(body, of: request.head)) else {
                return Federation.bad
            }
            (parameters, request) = (form, request.read(at: parts.world.clock.now()))
        }
        guard request.isConfidential else { return ConsoleAnswer.unsafe }
        switch parameters.text("Action") {
        case "getSigninToken": return try await token(parameters, request)
        case "login" where !request.isPost: return try await login(parameters, request)
        default: return Federation.bad
        }
    }

    private static let bad = refusal("The request must have an Action of getSigninToken or login.")

    private static func refusal(_ message: String) -> Response { ConsoleAnswer.error(400, "InvalidRequest", message) }

    // MARK: getSigninToken

    private func token(_ parameters: RequestParameters, _ request: ConsoleRequest) async throws -> Response {
        guard let text = parameters.text("Session"), let brought = try? BroughtKeys(Array(text.utf8)) else {
            return Federation.refusal(
                "Session must be a JSON object of sessionId, sessionKey and sessionToken.")
        }
        guard
            case .found(let credential) = try parts.credentials.credential(
                accessKeyID: brought.id, sessionToken: Array(brought.token.utf8), now: request.now),
            credential.hasSecret(brought.secret), let session = credential.session
        else { return Federation.refusal("The temporary credentials are not valid, or they have expired.") }
        let isRole = [.assumeRole, .assumeRoleWithWebIdentity, .assumeRoleWithSAML].contains(session.origin)
        guard isRole || session.origin == .getFederationToken else {
            return Federation.refusal("Credentials for the console come from AssumeRole or GetFederationToken.")
        }
        var expires = session.expires
        if let text = parameters.text("SessionDuration") {
            guard let seconds = Int(text), Federation.durations.contains(seconds) else {
                return Federation.refusal("SessionDuration must be a number from 900 to 43200.")
            }
            guard isRole else {
                return Federation.refusal("SessionDuration cannot be given with credentials of GetFederationToken.")
            }
            guard session.delivery == nil, !session.isChained else {
                return Federation.refusal(
                    "SessionDuration cannot be given with credentials of an instance, or of a role that was assumed with "
                        + "temporary credentials.")
            }
            // Counted from the beginning of the role's session: else each session would give the next, for ever.
            expires = min(request.now + .seconds(seconds), session.issued + .seconds(Federation.durations.upperBound))
        }
        guard expires > request.now else {
            return Federation.refusal("The session began too long ago.")
        }
        let keys = try parts.issuer.issue(
            credential.principal, session.renewed(issued: session.issued, expires: expires))
        let secret = Secret.make()
        let content = try ConsoleGrant.seal(keys, for: secret, parts)
        guard let account = credential.principal.account else { return Federation.bad }
        let event = SignInRecord(
            name: "GetSigninToken", account: account,
            identity: EventIdentity(
                principal: credential.principal, accessKeyID: credential.accessKeyID,
                session: EventIdentity.Session(session, began: session.issued))
        ).event(request, parts.world.identifiers)
        try await parts.store.write(.synced) { [parts] transaction in
            try Ticket.put(
                secret, .signinToken, content, until: request.now + .seconds(Federation.tokenLife), now: request.now,
                &transaction)
            try parts.journal.append(event, in: &transaction)
        }
        return ConsoleAnswer.json(200) { $0.member("SigninToken", secret) }
    }

    // MARK: login

    private func login(_ parameters: RequestParameters, _ request: ConsoleRequest) async throws -> Response {
        guard let token = parameters.text("SigninToken"), let destination = parameters.text("Destination"),
            let location = Federation.location(destination, request)
        else { return Federation.refusal("Destination must be a page of this console, and SigninToken must be given.") }
        let used = Federation.refusal("The sign-in token is not valid, has been used, or has expired.")
        let content = try parts.store.read { snapshot in
            try Ticket.find(token, .signinToken, at: request.now, snapshot)
        }
        guard let content,
            let credential = try ConsoleGrant.open(content, id: Secret.id(token), request.now, parts),
            let session = try GrantedSession(
                credential, to: location, request, parts,
                grant: { try ConsoleGrant.moved(content, from: token, to: $0, parts) })
        else { return used }
        let isTaken = try await parts.store.write(.synced) { [parts] transaction in
            guard try Ticket.take(token, .signinToken, at: request.now, &transaction) != nil else { return false }
            try session.insert(parts, &transaction)
            return true
        }
        guard isTaken else { return used }
        return session.answer(request)
    }

    /// The path to go to. Nil where the destination is another's page: who follows the link must not be led away.
    static func location(_ destination: String, _ request: ConsoleRequest) -> String? {
        var path = destination
        for origin in [request.origin] where destination.lowercased().hasPrefix(origin.lowercased()) {
            path = String(destination.dropFirst(origin.count))
        }
        // Pages of AWS's console are those of this one.
        if let rest = awsPath(destination) { path = rest }
        if path.isEmpty { path = "/" }
        let isPath =
            path.hasPrefix("/") && !path.hasPrefix("//") && !path.contains("\\")
            && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isPath else { return nil }
        return path == "/" ? "/console" : path
    }

    private static func awsPath(_ destination: String) -> String? {
        guard destination.hasPrefix("https://") else { return nil }
        let rest = destination.dropFirst(8)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard host == "console.aws.amazon.com" || host.hasSuffix(".console.aws.amazon.com") else { return nil }
        return "/console"
    }
}

/// Temporary credentials as a broker sends them.
private struct BroughtKeys {
    let id, secret, token: String

    private struct Malformed: Error {}

    init(_ json: [UInt8]) throws {
        var reader = JSONReader(json, depthLimit: 2)
        var members: (id: String?, secret: String?, token: String?)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let value = try reader.readString()
            switch key {
            case "sessionId": members.id = value
            case "sessionKey": members.secret = value
            case "sessionToken": members.token = value
            default: throw Malformed()
            }
        }
        try reader.finish()
        guard let id = members.id, let secret = members.secret, let token = members.token else { throw Malformed() }
        (self.id, self.secret, self.token) = (id, secret, token)
    }
}
