public import Door
public import World

/// What STS is made of.
public enum STSService {
    public static func operations(
        _ world: World, _ tokens: SessionTokens, _ messages: AuthorizationMessages, _ roles: any RoleDirectory
    ) -> [AnyOperation] {
        [
            .query(GetCallerIdentity()),
            .query(AssumeRole(tokens: tokens, roles: roles, identifiers: world.identifiers)),
            .query(GetAccessKeyInfo(roles: roles)),
            .query(DecodeAuthorizationMessage(messages: messages)),
        ]
    }
}
