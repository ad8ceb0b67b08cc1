public import Door
public import Federation
public import World

extension IAMService {
    /// Identity providers, and the account's own identity towards others.
    public static func federation(_ world: World, _ keys: SAMLKeys, _ fetch: ProviderFetch, _ issuers: OutboundIssuers)
        -> [AnyOperation]
    {
        let naming = Naming(identifiers: world.identifiers)
        return openIDConnect(naming, fetch, world.log) + saml(naming, keys) + outbound(issuers, world)
    }

    private static func openIDConnect(_ naming: Naming, _ fetch: ProviderFetch, _ log: Log) -> [AnyOperation] {
        [
            .prepared(CreateOpenIDConnectProvider(naming: naming, fetch: fetch, log: log)),
            .query(GetOpenIDConnectProvider()),
            .query(ListOpenIDConnectProviders()), .change(DeleteOpenIDConnectProvider()),
            .change(AddClientIDToOpenIDConnectProvider()), .change(RemoveClientIDFromOpenIDConnectProvider()),
            .change(UpdateOpenIDConnectProviderThumbprint()), .change(TagOpenIDConnectProvider()),
            .change(UntagOpenIDConnectProvider()), .query(ListOpenIDConnectProviderTags()),
        ]
    }

    private static func saml(_ naming: Naming, _ keys: SAMLKeys) -> [AnyOperation] {
        let reading = SAMLReading(
            naming: naming, keys: keys, work: BlockingPool("saml-metadata", threads: 1, limit: 256))
        return [
            .prepared(CreateSAMLProvider(naming: naming, reading: reading)), .query(GetSAMLProvider()),
            .query(ListSAMLProviders()), .prepared(UpdateSAMLProvider(reading: reading)),
            .change(DeleteSAMLProvider()), .change(TagSAMLProvider()), .change(UntagSAMLProvider()),
            .query(ListSAMLProviderTags()),
        ]
    }

    private static func outbound(_ issuers: OutboundIssuers, _ world: World) -> [AnyOperation] {
        [
            .prepared(EnableOutboundWebIdentityFederation(issuers: issuers, identifiers: world.identifiers)),
            .change(DisableOutboundWebIdentityFederation()), .query(GetOutboundWebIdentityFederationInfo()),
        ]
    }
}
