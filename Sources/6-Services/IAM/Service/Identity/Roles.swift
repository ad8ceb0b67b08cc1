package import AWS
import Authorization
package import Door
package import Storage

/// Roles and policies as other services see them.
package struct Roles: RoleDirectory {
    private let compiled = PolicyCache()

    package init() {}

    package func role(arn: String, in snapshot: borrowing Snapshot) throws -> AssumableRole? {
        guard let parsed = ARN(arn), parsed.service == "iam", let account = parsed.accountID,
            let name = parsed.resource.split(separator: "/").last,
            let role = try Role.find(String(name), in: account, snapshot).record, role.arn == arn
        else { return nil }
        return AssumableRole(
            account: role.account, name: role.name, path: role.path, id: role.id,
            trust: compiled.policy(role.trust, as: .trust), maximumSession: role.maximumSession,
            tagKeys: try Tags.resourceKeys(role.id, snapshot))
    }

    package func managedPolicyDocument(
        arn: String, for account: AccountID, in snapshot: borrowing Snapshot
    ) throws -> String? {
        guard let policy = try ManagedPolicy.find(arn: arn, in: account, snapshot).record else { return nil }
        return try PolicyVersion.find(policy.defaultVersion, of: policy, snapshot)?.document
    }

    package func account(ofAccessKey id: String, in snapshot: borrowing Snapshot) throws -> AccountID? {
        try AccessKey.find(id, snapshot)?.account
    }
}
