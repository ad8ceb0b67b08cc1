import AWS
import Authentication
import Door
import HTTP
import STSAPI
import Smithy
import Storage
import World

/// `POST /saml`: into the console with what an identity provider has the browser post.
///
/// The session is one of AssumeRoleWithSAML, which checks and uses the response; nothing else here does. Where the response
/// offers several roles, or comes from another site's page, a page of this server asks for one, and what it posts is the
/// response again: until a role is taken, nothing is kept and nothing is used up. So nobody is signed in, or signed out, whom
/// another site sent here, before he says so; and the page's own post brings the cookie that other sites' posts do not.
/// - Source: IAM User Guide, "Enabling SAML 2.0 federated principals to access the AWS Management Console".
struct SAMLSigningIn: Sendable {
    private let parts: SignInParts
    private let front: Front

    init(_ parts: SignInParts, _ front: Front) { (self.parts, self.front) = (parts, front) }

    static let path = "/saml"

    /// Also what AWS calls a provider's own endpoint, `/saml/acs/ID`. Whose response it is, the response says.
    static func isAt(_ path: some StringProtocol) -> Bool { path == SAMLSigningIn.path || path.hasPrefix("/saml/acs/") }

    /// As STS has it.
    private static let longest = 100_000

    /// What somebody brings.
    private struct Brought {
        let response: String
        let relayState: String?
        /// The role that was chosen on the page.
        let chosen: String?
    }

    func answer(_ request: ConsoleRequest, _ body: any RequestBody) async throws -> Response {
        guard request.isConfidential else {
            return refused("A sign-in is taken over HTTPS only, but for connections from the server's machine.", 403)
        }
        guard let form = RequestParameters(form: try await front.whole(body, of: request.head)),
            let response = form.text("SAMLResponse"), response.utf8.count <= SAMLSigningIn.longest
        else { return refused("The request must have a SAMLResponse.") }
        let request = request.read(at: parts.world.clock.now())
        let brought = Brought(
            response: response, relayState: form.text("RelayState"), chosen: form.text(RolePage.field))
        do {
            let offered = try await parts.saml.offers(in: response, at: request.now)
            guard let claimed = offered.claimed else {
                return refused("The response names no role and provider of one account that can be read.", 403)
            }
            guard let first = offered.good.first else { return try await refusal(of: claimed, brought, request) }
            let isOne = offered.good.allSatisfy { $0.role.hasSameBytes(as: first.role) }
            guard request.isOwn, let role = brought.chosen ?? (isOne ? first.role : nil) else {
                return RolePage(offers: offered.good, response: response, relayState: brought.relayState).answer
            }
            let offers = offered.good.filter { $0.role.hasSameBytes(as: role) }
            guard !offers.isEmpty else {
                // Refused, and recorded where there is such a role: no pair of it is good.
                return try await refusal(
                    of: SAMLOffer(role: role, provider: first.provider), brought, request,
                    telling: "The response does not offer that role.")
            }
            return try await open(offers, brought, request)
        } catch let error as any ServiceError {
            return refused(error.message, error.httpStatus)
        }
    }

    /// The answer to what nobody signed. The call leaves the record, and says why where nothing else is to be told.
    private func refusal(
        of offer: SAMLOffer, _ brought: Brought, _ request: ConsoleRequest, telling message: String? = nil
    ) async throws -> Response {
        do {
            let keys = try await assume(offer, brought, request)
            // Good after all: the provider changed since it was looked at.
            return try await enter(keys, by: offer.provider, brought, request)
        } catch let error as any ServiceError {
            return message.map { refused($0, 403) } ?? refused(error.message, error.httpStatus)
        }
    }

    /// By the first provider that the role trusts.
    private func open(
        _ offers: [SAMLOffer], _ brought: Brought, _ request: ConsoleRequest
    ) async throws -> Response {
        var denial = AccessDenied.anonymous
        for offer in offers {
            do {
                let keys = try await assume(offer, brought, request)
                return try await enter(keys, by: offer.provider, brought, request)
            } catch let denied as AccessDenied { denial = denied }
        }
        throw denial
    }

    private func assume(
        _ offer: SAMLOffer, _ brought: Brought, _ request: ConsoleRequest
    ) async throws -> STS.Credentials {
        let facts = RequestFacts(
            caller: .anonymous, region: .usEast1, now: request.now, requestID: parts.world.identifiers.uuid(),
            head: request.head)
        let input = STS.AssumeRoleWithSAML.Input(
            roleArn: offer.role, principalArn: offer.provider, sAMLAssertion: brought.response)
        guard let keys = try await front.call(STS.AssumeRoleWithSAML.self, input, for: facts).credentials else {
            throw Failure.internalFailure
        }
        return keys
    }

    private func enter(
        _ keys: STS.Credentials, by provider: String, _ brought: Brought, _ request: ConsoleRequest
    ) async throws -> Response {
        guard
            case .found(let credential) = try parts.credentials.credential(
                accessKeyID: keys.accessKeyId, sessionToken: Array(keys.sessionToken.utf8), now: request.now),
            let session = try GrantedSession(
                credential, to: SAMLSigningIn.location(brought.relayState, request), by: provider,
                insteadOf: try Visitor.find(request, parts), request, parts,
                grant: { secret in
                    let kept = TemporaryKeys(
                        accessKeyID: keys.accessKeyId, secret: keys.secretAccessKey, token: keys.sessionToken)
                    return try ConsoleGrant.seal(kept, for: secret, parts)
                })
        else { throw Failure.internalFailure }
        try await parts.store.write(.synced) { [parts] transaction in try session.insert(parts, &transaction) }
        return session.answer(request, status: 303)
    }

    /// Where to go on: a page of the console, and nothing beside it. A provider's word does not lead to `/v1/authorize`, which
    /// asks whether the browser came from this server's own page, and would be told that it did.
    static func location(_ relayState: String?, _ request: ConsoleRequest) -> String {
        let console = "/console"
        guard let path = relayState.flatMap({ Federation.location($0, request) }), path.hasPrefix(console),
            path.utf8.count == console.utf8.count || "/?#".contains(path[path.index(path.startIndex, offsetBy: 8)])
        else { return console }
        // A browser takes `/console/../v1` for `/v1`, also where the points are written as `%2e`.
        let places = path.prefix { $0 != "?" && $0 != "#" }.lowercased().replacing("%2e", with: ".").split(
            separator: "/")
        return places.contains { $0 == "." || $0 == ".." } ? console : path
    }

    private func refused(_ message: String, _ status: Int = 400) -> Response {
        var page = ConsolePage("You are not signed in")
        page.add("p", message)
        return page.answer(status)
    }
}
