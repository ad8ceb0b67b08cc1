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
/// offers several roles, a page asks for one, and what it posts is the response again: until a role is taken, nothing is kept
/// and nothing is used up.
/// - Source: IAM User Guide, "Enabling SAML 2.0 federated principals to access the AWS Management Console".
struct SAMLSigningIn: Sendable {
    private let parts: SignInParts
    private let front: Front

    init(_ parts: SignInParts, _ front: Front) { (self.parts, self.front) = (parts, front) }

    static let path = "/saml"
    /// As STS has it.
    private static let longest = 100_000

    func answer(_ request: ConsoleRequest, _ body: any RequestBody) async throws -> Response {
        guard request.isConfidential else {
            return refused("A sign-in is taken over HTTPS only, but for connections from the server's machine.", 403)
        }
        guard let form = RequestParameters(form: try await front.whole(body)),
            let response = form.text("SAMLResponse"), response.utf8.count <= SAMLSigningIn.longest
        else { return refused("The request must have a SAMLResponse.") }
        do {
            let offers = try await parts.saml.offers(in: response, at: request.now)
            let chosen = form.text(RolePage.field)
            if chosen == nil, offers.count > 1 {
                return RolePage(offers: offers, response: response, relayState: form.text("RelayState")).answer
            }
            guard let offer = offers.first(where: { chosen == nil || chosen == $0.role }) else {
                return refused(
                    offers.isEmpty
                        ? "The response names no role and provider of one account that can be read."
                        : "The response does not offer that role.",
                    403)
            }
            return try await open(offer, response, form.text("RelayState"), request)
        } catch let error as any ServiceError {
            return refused(error.message, error.httpStatus)
        }
    }

    private func open(
        _ offer: SAMLOffer, _ response: String, _ relayState: String?, _ request: ConsoleRequest
    ) async throws -> Response {
        let facts = RequestFacts(
            caller: .anonymous, region: .usEast1, now: request.now, requestID: parts.world.identifiers.uuid(),
            head: request.head)
        let input = STS.AssumeRoleWithSAML.Input(
            roleArn: offer.role, principalArn: offer.provider, sAMLAssertion: response)
        let output = try await front.call(STS.AssumeRoleWithSAML.self, input, for: facts)
        guard let keys = output.credentials,
            case .found(let credential) = try parts.credentials.credential(
                accessKeyID: keys.accessKeyId, sessionToken: Array(keys.sessionToken.utf8), now: request.now),
            let session = try GrantedSession(
                credential, to: relayState.flatMap { Federation.location($0, request) } ?? "/console",
                by: offer.provider, request, parts,
                grant: { secret in
                    let kept = TemporaryKeys(
                        accessKeyID: keys.accessKeyId, secret: keys.secretAccessKey, token: keys.sessionToken)
                    return try ConsoleGrant.seal(kept, for: secret, parts)
                })
        else { throw Failure.internalFailure }
        try await parts.store.write(.synced) { [parts] transaction in try session.insert(parts, &transaction) }
        return session.answer(request, status: 303)
    }

    private func refused(_ message: String, _ status: Int = 400) -> Response {
        var page = ConsolePage("You are not signed in")
        page.add("p", message)
        return page.answer(status)
    }
}
