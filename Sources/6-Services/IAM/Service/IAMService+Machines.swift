import Door

extension IAMService {
    /// Instance profiles and service-linked roles.
    static func machines(_ naming: Naming) -> [AnyOperation] {
        [
            .change(CreateInstanceProfile(naming: naming)), .query(GetInstanceProfile()),
            .query(ListInstanceProfiles()), .query(ListInstanceProfilesForRole()), .change(DeleteInstanceProfile()),
            .change(AddRoleToInstanceProfile()), .change(RemoveRoleFromInstanceProfile()),
            .change(TagInstanceProfile()), .change(UntagInstanceProfile()), .query(ListInstanceProfileTags()),
            .change(CreateServiceLinkedRole(naming: naming)), .change(DeleteServiceLinkedRole(naming: naming)),
            .query(GetServiceLinkedRoleDeletionStatus()),
        ]
    }
}
