import AWS
import Door
import Federation
import STSAPI
import World

/// Checks a token against the provider that the role's account has for its issuer.
///
/// The provider is looked up in the role's account alone: a token says nothing in an account that does not know its issuer.
/// - Source: STS API Reference, "AssumeRoleWithWebIdentity"; IAM User Guide, "Troubleshoot OIDC federation".
struct WebIdentityProof: Sendable {
    let providers: any IdentityProviderDirectory
    let keys: IssuerKeys

    /// Clocks differ a little.
    private static let leeway: Int64 = 300

    func identity(_ text: String, in account: AccountID, at now: Instant) async throws -> WebIdentity {
        let token = try WebIdentityProof.read(text)
        guard let issuer = token.claims["iss"]?.text else {
            throw STS.InvalidIdentityTokenException(message: "Missing a required claim: iss")
        }
        let provider = try provider(of: issuer, in: account)
        guard let url = IssuerURL(provider.url) else { throw WebIdentityProof.unknown(issuer) }
        let set = try await fetched(token, url, provider)
        guard set.signed(token) else { throw WebIdentityProof.unverified }
        // As it is now: it may have been taken away while its keys were fetched.
        let current = try self.provider(of: issuer, in: account)
        // After the signature: nothing of a token that nobody signed is told about.
        try WebIdentityProof.checkTimes(token.claims, now)
        let isBuiltIn = current.arn.hasSameBytes(as: WebIdentityProof.google)
        return try WebIdentity(token, of: current.arn, url, clientIDs: isBuiltIn ? nil : current.clientIDs)
    }

    private static func read(_ text: String) throws -> JSONWebToken {
        do throws(JSONWebToken.Refusal) { return try JSONWebToken(text) } catch {
            switch error {
            case .malformed:
                throw STS.InvalidIdentityTokenException(
                    message: "The ID Token provided is not a valid JWT. "
                        + "(You may see this error if you sent an Access Token)")
            case .algorithm, .extended:
                throw STS.InvalidIdentityTokenException(
                    message: "The token must be signed with RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or "
                        + "ES512, and its header must ask for nothing more.")
            }
        }
    }

    /// Google's accounts need no provider of one's own: a trust policy names them by this.
    private static let google = "accounts.google.com"
    /// Others that AWS knows by name. Their tokens are no OpenID Connect, or come from a service of AWS's.
    private static let elsewhere = ["https://cognito-identity.amazonaws.com"]

    private func provider(of issuer: String, in account: AccountID) throws -> OpenIDConnectIdentity {
        if WebIdentityProof.elsewhere.contains(where: { $0.hasSameBytes(as: issuer) }) {
            throw NotImplemented("The identity provider \(issuer)")
        }
        if let own = try providers.openIDConnectProvider(issuer: issuer, in: account) { return own }
        guard issuer.hasSameBytes(as: "https://" + WebIdentityProof.google) else {
            throw WebIdentityProof.unknown(issuer)
        }
        return OpenIDConnectIdentity(arn: WebIdentityProof.google, url: issuer, clientIDs: [], thumbprints: [])
    }

    private static func unknown(_ issuer: String) -> STS.InvalidIdentityTokenException {
        STS.InvalidIdentityTokenException(
            message: "No OpenIDConnect provider found in your account for \(issuer.prefix(255))")
    }

    private static let unverified = STS.InvalidIdentityTokenException(
        message: "Couldn't retrieve verification key from your identity provider, please reference "
            + "AssumeRoleWithWebIdentity documentation for requirements")

    private func fetched(
        _ token: JSONWebToken, _ issuer: IssuerURL, _ provider: OpenIDConnectIdentity
    ) async throws -> JSONWebKeySet {
        let thumbprints = provider.thumbprints.compactMap(WebIdentityProof.bytes)
        do throws(IssuerKeys.Failure) {
            return try await keys.keys(of: issuer, thumbprints: thumbprints, for: token)
        } catch {
            switch error {
            case .document: throw WebIdentityProof.unverified
            case .fetch(.untrusted):
                throw STS.InvalidIdentityTokenException(
                    message: "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint")
            case .fetch(.busy):
                throw STS.IDPCommunicationErrorException(
                    message: "Too many requests wait for identity providers. Please try again.")
            case .fetch:
                // One sentence for all of it, or whoever has a token asks which names lead where inside. The log says more.
                throw STS.IDPCommunicationErrorException(
                    message: "The identity provider \(issuer) could not be reached, or did not answer with its keys.")
            }
        }
    }

    private static func bytes(_ digits: String) -> [UInt8]? {
        guard digits.utf8.count == 40 else { return nil }
        var (bytes, rest) = ([UInt8](), Substring(digits))
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// `exp` and `iat` must be there. What lies behind is expired; what lies ahead is not good yet.
    static func checkTimes(_ claims: [String: Claim], _ now: Instant) throws {
        func seconds(_ name: String) throws -> Int64 {
            guard let seconds = claims[name]?.seconds else {
                throw STS.InvalidIdentityTokenException(message: "Missing a required claim: \(name)")
            }
            return seconds
        }
        let (expires, issued) = (try seconds("exp"), try seconds("iat"))
        guard now.seconds < expires else {
            throw STS.ExpiredTokenException(
                message: "Token expired: current date/time \(now.seconds) must be before the expiration date/time "
                    + "\(expires)")
        }
        let start = claims["nbf"] == nil ? issued : max(issued, try seconds("nbf"))
        guard start <= now.seconds + leeway else {
            throw STS.InvalidIdentityTokenException(
                message: "Token is not valid yet: current date/time \(now.seconds) must be after \(start)")
        }
    }
}
