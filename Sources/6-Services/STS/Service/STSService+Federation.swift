public import Door
public import Federation
public import World

extension STSService {
    /// Sessions for whom an identity provider vouches.
    public static func federation(
        _ world: World, _ tokens: SessionTokens, _ roles: any RoleDirectory, _ providers: any IdentityProviderDirectory,
        _ fetch: ProviderFetch, _ issuers: any OutboundTokens
    ) -> [AnyOperation] {
        let identifiers = world.identifiers
        let web = WebIdentityProof(providers: providers, keys: IssuerKeys(fetch, clock: world.clock))
        let saml = SAMLProof(providers: providers, work: BlockingPool("saml", threads: 2, limit: 256))
        return [
            .proving(
                AssumeRoleWithWebIdentity(proof: web, tokens: tokens, roles: roles, identifiers: identifiers)),
            .query(GetWebIdentityToken(issuers: issuers, identifiers: identifiers)),
            .proving(AssumeRoleWithSAML(proof: saml, tokens: tokens, roles: roles, identifiers: identifiers)),
        ]
    }
}
