public import AWS
import Authorization
public import Door
import KMSAPI
public import Storage
public import World

/// Customers' keys that others may use, by their key policies and their grants. Keys that services manage are theirs to
/// share.
public struct SharedKeys: SharedResources {
    public let type = "AWS::KMS::Key"
    private let names: any PrincipalNames

    /// - Parameter names: those of users and roles, which policies store by id.
    public init(names: any PrincipalNames) { self.names = names }

    /// In the order of their ids.
    public func page(
        of account: AccountID, in region: Region, after position: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> (arns: [String], next: String?) {
        let ids = try snapshot.rows(
            """
            SELECT id FROM kms_key WHERE account = ? AND region = ? AND id > ? AND manager = 'CUSTOMER'
            ORDER BY id LIMIT ?
            """, .text(account.description), .text(region.description), .text(position), .number(limit)
        ) { $0.text(0) }
        return (ids.map { KMSKey.arn(account, region, $0) }, ids.count == limit ? ids.last : nil)
    }

    /// Whom it lets in from outside, by the names of today.
    public func sharing(
        of arn: String, of account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> [Sharing]? {
        guard let id = arn.split(separator: "/").last.map(String.init), KMSKey.arn(account, region, id) == arn else {
            return nil
        }
        let stored = try snapshot.first(
            "SELECT policy FROM kms_key WHERE account = ? AND region = ? AND id = ? AND manager = 'CUSTOMER'",
            .text(account.description), .text(region.description), .text(id)
        ) { $0.text(0) }
        guard let stored else { return nil }
        let text = try KeyPolicy.shown(stored, names, snapshot)
        let policy = CompiledPolicy(stored: Array(text.utf8), as: .keyPolicy)
        let own = account.description
        var found = SharingList()
        for reach in ExternalReach.all(of: policy, ownedBy: own) { found.add(reach) }
        try snapshot.scan(
            """
            SELECT DISTINCT grantee, grantee_name, rights FROM kms_grant WHERE account = ? AND region = ? AND key = ?
            """, .text(own), .text(region.description), .text(id)
        ) { row in
            let name = try GrantPrincipal.shown(row.text(0), row.text(1), names, snapshot)
            if let principal = SharedKeys.outsider(name, own) {
                let rights = try GrantRights(stored: row.text(2))
                found.add(ExternalReach(principal, actions: rights.operations.map { "kms:" + $0.rawValue }))
            }
            return true
        }
        return found.all
    }

    /// Nil for the account's own, for services, and for who was deleted.
    private static func outsider(_ name: String, _ own: String) -> ExternalReach.Principal? {
        guard let arn = ARN(name), let account = arn.accountID, account.description != own else { return nil }
        return arn.service == "iam" && arn.resource == "root" ? .account(account.description) : .identity(name)
    }
}
