import AWS
import IAMAPI
import Storage

/// Users, groups, roles and policies with all that hangs on them, for `GetAccountAuthorizationDetails`.
struct AccountDetails {
    let account: AccountID
    /// The key of the last item of the section that was given before.
    let after: String
    let limit: Int

    typealias Output = IAM.GetAccountAuthorizationDetails.Output

    /// Adds the items of a section; returns the keys they are sorted by.
    func add(
        _ section: GetAccountAuthorizationDetails.Section, to output: inout Output, _ snapshot: borrowing Snapshot
    ) throws -> [String] {
        switch section {
        case .users:
            let users = try User.list(in: account, pathPrefix: "/", after: after, limit: limit, snapshot)
            for user in users { output.userDetailList?.append(try detail(user, snapshot)) }
            return users.map { $0.name.lowercased() }
        case .groups:
            let groups = try Group.list(in: account, pathPrefix: "/", after: after, limit: limit, snapshot)
            for group in groups { output.groupDetailList?.append(try detail(group, snapshot)) }
            return groups.map { $0.name.lowercased() }
        case .roles:
            let roles = try Role.list(in: account, pathPrefix: "/", after: after, limit: limit, snapshot)
            for role in roles { output.roleDetailList?.append(try detail(role, snapshot)) }
            return roles.map { $0.name.lowercased() }
        case .localPolicies:
            let policies = try ManagedPolicy.list(in: account, pathPrefix: "/", after: after, limit: limit, snapshot)
            for policy in policies { output.policies?.append(try detail(policy, snapshot)) }
            return policies.map { $0.name.lowercased() }
        case .awsPolicies:
            let policies = try usedOfAWS(snapshot)
            for policy in policies { output.policies?.append(try detail(policy, snapshot)) }
            return policies.map(\.arn)
        }
    }

    private func detail(_ user: User, _ snapshot: borrowing Snapshot) throws -> IAM.UserDetail {
        let groups = try Group.list(of: user, after: "", limit: Membership.limit + 1, snapshot)
        return IAM.UserDetail(
            path: user.path, userName: user.name, userId: user.id, arn: user.arn, createDate: user.created,
            userPolicyList: try inline(user.id, snapshot), groupList: groups.map(\.name),
            attachedManagedPolicies: try attached(user.id, snapshot),
            permissionsBoundary: user.boundary.map(Boundary.shape), tags: try Tags.of(user.id, snapshot))
    }

    private func detail(_ group: Group, _ snapshot: borrowing Snapshot) throws -> IAM.GroupDetail {
        IAM.GroupDetail(
            path: group.path, groupName: group.name, groupId: group.id, arn: group.arn, createDate: group.created,
            groupPolicyList: try inline(group.id, snapshot),
            attachedManagedPolicies: try attached(group.id, snapshot))
    }

    private func detail(_ role: Role, _ snapshot: borrowing Snapshot) throws -> IAM.RoleDetail {
        IAM.RoleDetail(
            path: role.path, roleName: role.name, roleId: role.id, arn: role.arn, createDate: role.created,
            assumeRolePolicyDocument: PolicyText.encoded(try TrustPolicy.shown(role.trust, snapshot)),
            instanceProfileList: try InstanceProfile.list(of: role.id, limit: InstanceProfile.limit, snapshot).map {
                try $0.shape(snapshot)
            }, rolePolicyList: try inline(role.id, snapshot),
            attachedManagedPolicies: try attached(role.id, snapshot),
            permissionsBoundary: role.boundary.map(Boundary.shape), tags: try Tags.of(role.id, snapshot),
            roleLastUsed: try role.lastUsed(snapshot))
    }

    private func detail(_ policy: ManagedPolicy, _ snapshot: borrowing Snapshot) throws -> IAM.ManagedPolicyDetail {
        let versions = try PolicyVersion.list(
            of: policy, below: .max, limit: ManagedPolicy.versionLimit, snapshot)
        return IAM.ManagedPolicyDetail(
            policyName: policy.name, policyId: policy.id, arn: policy.arn, path: policy.path,
            defaultVersionId: "v\(policy.defaultVersion)",
            attachmentCount: try policy.attachmentCount(in: account, snapshot),
            permissionsBoundaryUsageCount: try policy.boundaryUsageCount(in: account, snapshot), isAttachable: true,
            description: policy.description, createDate: policy.created, updateDate: policy.updated,
            policyVersionList: versions.map {
                IAM.PolicyVersion(
                    document: PolicyText.encoded($0.document), versionId: $0.name,
                    isDefaultVersion: $0.number == policy.defaultVersion, createDate: $0.created)
            })
    }

    private func inline(_ owner: String, _ snapshot: borrowing Snapshot) throws -> [IAM.PolicyDetail] {
        try InlinePolicy.all(of: owner, snapshot).map {
            IAM.PolicyDetail(policyName: $0.name, policyDocument: PolicyText.encoded($0.document))
        }
    }

    private func attached(_ owner: String, _ snapshot: borrowing Snapshot) throws -> [IAM.AttachedPolicy] {
        try AttachedPolicies.arns(of: owner, snapshot).map { arn in
            IAM.AttachedPolicy(policyName: arn.split(separator: "/").last.map(String.init), policyArn: arn)
        }
    }

    /// AWS's policies that somebody in the account has attached or is bounded by.
    private func usedOfAWS(_ snapshot: borrowing Snapshot) throws -> [ManagedPolicy] {
        let arns = try snapshot.rows(
            """
            SELECT policy_arn FROM iam_attachment WHERE policy_arn > max(?2, 'arn:aws:iam::aws:policy/')
                AND policy_arn < 'arn:aws:iam::aws:policy0' AND owner IN (
                SELECT id FROM iam_user WHERE account = ?1 UNION ALL SELECT id FROM iam_group WHERE account = ?1
                UNION ALL SELECT id FROM iam_role WHERE account = ?1)
            UNION SELECT boundary FROM iam_user WHERE account = ?1 AND boundary > max(?2, 'arn:aws:iam::aws:policy/')
                AND boundary < 'arn:aws:iam::aws:policy0'
            UNION SELECT boundary FROM iam_role WHERE account = ?1 AND boundary > max(?2, 'arn:aws:iam::aws:policy/')
                AND boundary < 'arn:aws:iam::aws:policy0'
            ORDER BY 1 LIMIT ?3
            """, .text(account.description), .text(after), .number(limit)
        ) { $0.text(0) }
        return try arns.compactMap { try ManagedPolicy.find(arn: $0, in: account, snapshot).record }
    }
}
