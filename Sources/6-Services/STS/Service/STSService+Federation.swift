public import Door
public import Federation
public import World

extension STSService {
    /// Sessions for whom an identity provider vouches.
    public static func federation(
        _ world: World, _ tokens: SessionTokens, _ roles: any RoleDirectory, _ proofs: FederationProofs,
        _ issuers: any OutboundTokens
    ) -> [AnyOperation] {
        let identifiers = world.identifiers
        return [
            .proving(
                AssumeRoleWithWebIdentity(proof: proofs.web, tokens: tokens, roles: roles, identifiers: identifiers)),
            .query(GetWebIdentityToken(issuers: issuers, identifiers: identifiers)),
            .proving(AssumeRoleWithSAML(proof: proofs.saml, tokens: tokens, roles: roles, identifiers: identifiers)),
        ]
    }
}

/// Checks what identity providers sign: one for the calls of STS and for signing in.
public struct FederationProofs: Sendable {
    let web: WebIdentityProof
    let saml: SAMLProof

    /// With threads of its own.
    public init(_ world: World, _ providers: any IdentityProviderDirectory, _ fetch: ProviderFetch) {
        web = WebIdentityProof(providers: providers, keys: IssuerKeys(fetch, clock: world.clock, log: world.log))
        saml = SAMLProof(providers: providers, work: BlockingPool("saml", threads: 2, limit: 256))
    }

    /// Forgets the keys of all providers.
    public func forgetKeys() async { await web.keys.forget() }

    /// What a response offers whoever signs in with it.
    public var offers: any SAMLOffers { SAMLSignIn(proof: saml) }
}
