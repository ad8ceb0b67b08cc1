import AWS
import Door
import IAMAPI
import Storage

/// The users, groups and roles a managed policy is attached to, or bounds.
/// - Source: IAM API Reference, "ListEntitiesForPolicy".
struct ListEntitiesForPolicy: Query, OnPolicy {
    typealias Shape = IAM.ListEntitiesForPolicy
    func policyARN(_ input: Input) -> String { input.policyArn }

    /// A row of the answer before it is sorted into its list.
    private struct Entity {
        let kind: String
        let name: String
        let id: String
        var key: String { kind + " " + name.lowercased() }
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let policy = try permit.target.required()
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let all = try entities(policy.arn, permit.facts.signedAccount(), input.pathPrefix ?? "/", input, snapshot)
        let rest = all.filter { $0.key > page.after }.prefix(page.fetch)
        let (items, marker) = page.cut(Array(rest)) { $0.key }
        return Output(
            policyGroups: items.filter { $0.kind == "Group" }.map {
                IAM.PolicyGroup(groupName: $0.name, groupId: $0.id)
            },
            policyUsers: items.filter { $0.kind == "User" }.map { IAM.PolicyUser(userName: $0.name, userId: $0.id) },
            policyRoles: items.filter { $0.kind == "Role" }.map { IAM.PolicyRole(roleName: $0.name, roleId: $0.id) },
            isTruncated: marker != nil, marker: marker)
    }

    private func entities(
        _ arn: String, _ account: AccountID, _ prefix: String, _ input: Input, _ snapshot: borrowing Snapshot
    ) throws -> [Entity] {
        let attached = input.policyUsageFilter != .permissionsBoundary
        let bounding = input.policyUsageFilter != .permissionsPolicy
        let rows = try snapshot.rows(
            """
            SELECT 'User', name, id, path FROM iam_user WHERE account = ?1 AND ((?3 AND id IN
                (SELECT owner FROM iam_attachment WHERE policy_arn = ?2)) OR (?4 AND boundary = ?2))
            UNION ALL SELECT 'Group', name, id, path FROM iam_group WHERE account = ?1 AND ?3 AND id IN
                (SELECT owner FROM iam_attachment WHERE policy_arn = ?2)
            UNION ALL SELECT 'Role', name, id, path FROM iam_role WHERE account = ?1 AND ((?3 AND id IN
                (SELECT owner FROM iam_attachment WHERE policy_arn = ?2)) OR (?4 AND boundary = ?2))
            """, .text(account.description), .text(arn), .bool(attached), .bool(bounding)
        ) { (Entity(kind: $0.text(0), name: $0.text(1), id: $0.text(2)), $0.text(3)) }
        return rows.filter { $0.1.hasPrefix(prefix) && (input.entityFilter.map(\.rawValue) ?? $0.0.kind) == $0.0.kind }
            .map { $0.0 }.sorted { $0.key < $1.key }
    }
}
