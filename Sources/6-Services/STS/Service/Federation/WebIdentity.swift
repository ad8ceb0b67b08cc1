@_spi(Declared) import AWS
import Door
import Federation
import STSAPI
import World

/// Whom a good token speaks of, and what it says of him.
struct WebIdentity: Sendable {
    /// As a trust policy names it: the ARN, or `accounts.google.com`.
    let provider: String
    /// `iss` as the token has it.
    let issuer: String
    /// The provider's name, which its condition keys begin with.
    let name: String
    /// The audience that the provider's client ids have: `azp` where the token has one, else of `aud`.
    let audience: String
    let subject: String
    let claims: [String: Claim]
    let roles: ClaimedRoles
    let brought: BroughtFacts

    /// A token whose signature is good. Throws where a claim that everybody needs is missing, or one of ours malformed.
    init(_ token: JSONWebToken, of provider: String, _ issuer: IssuerURL, clientIDs: [String]?) throws {
        let claims = token.claims
        guard let subject = claims["sub"]?.text, !subject.isEmpty else { throw WebIdentity.missing("sub") }
        guard let audiences = claims["aud"]?.texts, !audiences.isEmpty else { throw WebIdentity.missing("aud") }
        let candidates = claims["azp"] == nil ? audiences : [claims["azp"]?.text].compactMap { $0 }
        let audience = candidates.first { candidate in
            clientIDs?.contains { $0.hasSameBytes(as: candidate) } ?? true
        }
        guard let audience else {
            throw STS.InvalidIdentityTokenException(message: "Incorrect token audience")
        }
        (self.provider, self.issuer, name) = (provider, issuer.description, issuer.name)
        (self.audience, self.subject, self.claims) = (audience, subject, claims)
        roles = try ClaimedRoles(claims)
        brought = try WebIdentity.brought(claims, provider)
    }

    private static func missing(_ claim: String) -> STS.InvalidIdentityTokenException {
        STS.InvalidIdentityTokenException(message: "Missing a required claim: \(claim)")
    }

    var bearer: BearerPrincipal {
        BearerPrincipal(
            kind: .webIdentity, provider: provider, identityProvider: provider,
            userID: "\(provider):\(audience):\(subject)", userName: subject)
    }

    /// The provider's own condition keys.
    /// - Source: IAM User Guide, "IAM and AWS STS condition context keys": available keys for OIDC federation.
    /// With what the session keeps of the token.
    /// - Source: IAM User Guide, "Available keys for AWS OIDC federation", availability in requests of the session.
    var sessionFacts: BroughtFacts {
        var facts = brought
        facts.sessionKeys = ["\(name):aud".lowercased(): audience, "\(name):sub".lowercased(): subject]
        if name == "accounts.google.com", let audience = claims["aud"]?.texts?.first {
            facts.sessionKeys["\(name):oaud"] = audience
        }
        return facts
    }

    var conditionKeys: [ConditionEntry] {
        func one(_ key: String, _ value: String?) -> ConditionEntry? {
            ConditionEntry(SingleValuedKey("\(name):\(key)"), value)
        }
        var keys = [one("aud", audience), one("sub", subject)]
        if name == "accounts.google.com" { keys.append(one("oaud", claims["aud"]?.texts?.first)) }
        if let methods = claims["amr"]?.texts {
            keys.append(ConditionEntry(MultivaluedKey("\(name):amr"), methods))
        }
        keys += PublishedClaims.names(of: name).map { one($0, claims[$0]?.shown) }
        return keys.compactMap { $0 }
    }

    /// Session tags and source identity, where the token has them.
    /// - Source: IAM User Guide, "Monitor and control actions taken with assumed roles".
    private static func brought(_ claims: [String: Claim], _ provider: String) throws -> BroughtFacts {
        var source: String?
        if let claim = claims["https://aws.amazon.com/source_identity"] {
            guard let text = claim.text, SessionNaming.isSourceIdentity(text) else {
                throw STS.InvalidIdentityTokenException(
                    message: "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"")
            }
            source = text
        }
        return BroughtFacts(tags: try ClaimedTags.read(claims), sourceIdentity: source, provider: provider)
    }
}
