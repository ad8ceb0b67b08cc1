package import Door
package import World

/// What STS is made of.
package enum STSService {
    package static func operations(
        _ world: World, _ tokens: SessionTokens, _ roles: any RoleDirectory
    ) -> [AnyOperation] {
        [
            .query(GetCallerIdentity()),
            .query(AssumeRole(tokens: tokens, roles: roles, identifiers: world.identifiers)),
            .query(GetAccessKeyInfo(roles: roles)),
        ]
    }
}
