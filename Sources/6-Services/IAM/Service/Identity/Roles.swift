public import AWS
import Authorization
public import Door
public import Storage
import World

/// Roles and policies as other services see them.
public struct Roles: RoleDirectory {
    private let compiled = PolicyCache()

    public init() {}

    public func role(arn: String, in snapshot: borrowing Snapshot) throws -> AssumableRole? {
        try snapshot.remembered("role", arn) { Known(try find(arn, snapshot)) }.role
    }

    /// What a snapshot remembers: absence too.
    private final class Known: Sendable {
        let role: AssumableRole?
        init(_ role: AssumableRole?) { self.role = role }
    }

    private func find(_ arn: String, _ snapshot: borrowing Snapshot) throws -> AssumableRole? {
        guard let parsed = ARN(arn), parsed.service == "iam", let account = parsed.accountID,
            let name = parsed.resource.split(separator: "/").last,
            let role = try Role.find(String(name), in: account, snapshot).record, role.arn.hasSameBytes(as: arn)
        else { return nil }
        return AssumableRole(
            account: role.account, name: role.name, path: role.path, id: role.id,
            trust: compiled.policy(role.trust, as: .trust), maximumSession: role.maximumSession,
            tagKeys: try Tags.resourceKeys(role.id, snapshot))
    }

    public func managedPolicyDocument(
        arn: String, for account: AccountID, in snapshot: borrowing Snapshot
    ) throws -> String? {
        try ManagedPolicy.inForce(arn, in: account, snapshot)?.document
    }

    public func account(ofAccessKey id: String, in snapshot: borrowing Snapshot) throws -> AccountID? {
        try AccessKey.find(id, snapshot)?.account
    }
}
