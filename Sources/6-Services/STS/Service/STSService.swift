public import Door
public import World

/// What STS is made of.
public enum STSService {
    public static func operations(
        _ world: World, _ tokens: SessionTokens, _ messages: AuthorizationMessages, _ roles: any RoleDirectory,
        _ factors: any SecondFactors
    ) -> [AnyOperation] {
        let proof = FactorProof(factors: factors)
        return [
            .query(GetCallerIdentity()),
            .proving(AssumeRole(tokens: tokens, proof: proof, roles: roles, identifiers: world.identifiers)),
            .proving(GetSessionToken(tokens: tokens, proof: proof, identifiers: world.identifiers)),
            .query(GetFederationToken(tokens: tokens, roles: roles, identifiers: world.identifiers)),
            .query(AssumeRoot()), .query(GetAccessKeyInfo(roles: roles)),
            .query(DecodeAuthorizationMessage(messages: messages)),
        ]
    }

    /// The calls that give a session for a security key, by the last part of their path.
    public static func securityKeyCalls(
        _ world: World, _ tokens: SessionTokens, _ keys: any SecurityKeys
    ) -> [String: AnyOperation] {
        [
            "session/begin": .query(BeginSecurityKeySession(keys: keys)),
            "session": .proving(
                GetSessionTokenWithKey(tokens: tokens, keys: keys, identifiers: world.identifiers)),
        ]
    }
}
