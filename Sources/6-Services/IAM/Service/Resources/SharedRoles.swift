public import AWS
import Authorization
public import Door
public import Storage
public import World

/// Roles that identities of other accounts may take on, by their trust policies. Roles count in every Region.
public struct SharedRoles: SharedResources {
    public let type = "AWS::IAM::Role"

    /// Keeps nothing.
    public init() {}

    /// In the order of their names.
    public func page(
        of account: AccountID, in region: Region, after position: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> (arns: [String], next: String?) {
        let roles = try Role.list(in: account, pathPrefix: "/", after: position, limit: limit, snapshot)
        return (roles.map(\.arn), roles.count == limit ? roles.last?.name.lowercased() : nil)
    }

    /// Whom it lets in from outside, by the names of today.
    public func sharing(
        of arn: String, of account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> [Sharing]? {
        guard let name = arn.split(separator: "/").last,
            let role = try Role.find(String(name), in: account, snapshot).record, role.arn.hasSameBytes(as: arn)
        else { return nil }
        let text = try TrustPolicy.shown(role.trust, snapshot)
        let policy = CompiledPolicy(stored: Array(text.utf8), as: .trust)
        return ExternalReach.all(of: policy, ownedBy: account.description).map { Sharing($0) }
    }
}
