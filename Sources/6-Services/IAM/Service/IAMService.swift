public import Door
import IAMAPI
public import Storage
public import World

/// What IAM is made of.
public enum IAMService {
    /// All of its tables.
    public static var schemas: [SchemaPart] {
        [schema, recordsSchema, factorSchema, federationSchema, machineSchema, signInSchema]
    }

    public static func operations(
        _ world: World, _ secrets: KeySecrets, _ seeds: FactorSeeds, _ passwords: Passwords
    ) -> [AnyOperation] {
        let naming = Naming(identifiers: world.identifiers)
        return users(naming) + groups(naming) + roles(naming) + policies(naming) + keys(naming, secrets) + account()
            + factors(world, seeds) + machines(naming) + records(naming, secrets) + signIn(passwords) + simulation()
    }

    private static func users(_ naming: Naming) -> [AnyOperation] {
        [
            .change(CreateUser(naming: naming)), .query(GetUser()), .query(ListUsers()), .change(UpdateUser()),
            .change(DeleteUser()), .change(PutUserPolicy()), .query(GetUserPolicy()), .change(DeleteUserPolicy()),
            .query(ListUserPolicies()), .change(AttachUserPolicy()), .change(DetachUserPolicy()),
            .query(ListAttachedUserPolicies()), .change(TagUser()), .change(UntagUser()), .query(ListUserTags()),
            .change(PutUserPermissionsBoundary()), .change(DeleteUserPermissionsBoundary()),
        ]
    }

    private static func groups(_ naming: Naming) -> [AnyOperation] {
        [
            .change(CreateGroup(naming: naming)), .query(GetGroup()), .query(ListGroups()), .change(UpdateGroup()),
            .change(DeleteGroup()), .change(AddUserToGroup()), .change(RemoveUserFromGroup()),
            .query(ListGroupsForUser()), .change(PutGroupPolicy()), .query(GetGroupPolicy()),
            .change(DeleteGroupPolicy()), .query(ListGroupPolicies()), .change(AttachGroupPolicy()),
            .change(DetachGroupPolicy()), .query(ListAttachedGroupPolicies()),
        ]
    }

    private static func roles(_ naming: Naming) -> [AnyOperation] {
        [
            .change(CreateRole(naming: naming)), .query(GetRole()), .query(ListRoles()), .change(UpdateRole()),
            .change(UpdateRoleDescription()), .change(UpdateAssumeRolePolicy()), .change(DeleteRole()),
            .change(PutRolePolicy()), .query(GetRolePolicy()), .change(DeleteRolePolicy()), .query(ListRolePolicies()),
            .change(AttachRolePolicy()), .change(DetachRolePolicy()), .query(ListAttachedRolePolicies()),
            .change(TagRole()), .change(UntagRole()), .query(ListRoleTags()), .change(PutRolePermissionsBoundary()),
            .change(DeleteRolePermissionsBoundary()),
        ]
    }

    private static func policies(_ naming: Naming) -> [AnyOperation] {
        [
            .change(CreatePolicy(naming: naming)), .query(GetPolicy()), .query(ListPolicies()), .change(DeletePolicy()),
            .change(CreatePolicyVersion()), .query(GetPolicyVersion()), .query(ListPolicyVersions()),
            .change(DeletePolicyVersion()), .change(SetDefaultPolicyVersion()), .query(ListEntitiesForPolicy()),
            .change(TagPolicy()), .change(UntagPolicy()), .query(ListPolicyTags()),
        ]
    }

    private static func keys(_ naming: Naming, _ secrets: KeySecrets) -> [AnyOperation] {
        [
            .change(CreateAccessKey(naming: naming, secrets: secrets)), .query(ListAccessKeys()),
            .change(UpdateAccessKey()), .change(DeleteAccessKey()), .query(GetAccessKeyLastUsed()),
        ]
    }

    private static func account() -> [AnyOperation] {
        [
            .change(CreateAccountAlias()), .change(DeleteAccountAlias()), .query(ListAccountAliases()),
            .query(GetAccountSummary()), .change(SetSecurityTokenServicePreferences()),
        ]
    }

    private static func simulation() -> [AnyOperation] {
        [
            .query(SimulateCustomPolicy()), .query(SimulatePrincipalPolicy()), .query(GetContextKeysForCustomPolicy()),
            .query(GetContextKeysForPrincipalPolicy()),
        ]
    }
}
