public import AWS
import Authorization
public import Door
import SecretsManagerAPI
public import Storage
public import World

/// Secrets that others may reach, by their policies.
public struct SharedSecrets: SharedResources {
    public let type = "AWS::SecretsManager::Secret"
    private let names: any PrincipalNames

    /// - Parameter names: those of users and roles, which policies store by id.
    public init(names: any PrincipalNames) { self.names = names }

    /// In the order of their names. One past its recovery window may be among them.
    public func page(
        of account: AccountID, in region: Region, after position: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> (arns: [String], next: String?) {
        let found = try snapshot.rows(
            "SELECT name, suffix FROM secret WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
            .text(account.description), .text(region.description), .text(position), .number(limit)
        ) { ($0.text(0), $0.text(1)) }
        return (
            found.map { Secret.arn(account, region, $0.0 + "-" + $0.1) }, found.count == limit ? found.last?.0 : nil
        )
    }

    /// Whom it lets in from outside, by the names of today.
    public func sharing(
        of arn: String, of account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> [Sharing]? {
        let prefix = Secret.arn(account, region, "")
        guard arn.hasPrefix(prefix), let dash = arn.lastIndex(of: "-"),
            dash > arn.index(arn.startIndex, offsetBy: prefix.count)
        else { return nil }
        let name = String(arn[arn.index(arn.startIndex, offsetBy: prefix.count)..<dash])
        let found = try snapshot.first(
            """
            SELECT policy, deletion FROM secret WHERE account = ? AND region = ? AND name = ? AND suffix = ?
            """, .text(account.description), .text(region.description), .text(name),
            .text(String(arn[arn.index(after: dash)...]))
        ) { ($0.textOrNull(0), $0.intOrNull(1)) }
        guard let found, found.1.map({ $0 > now.milliseconds }) ?? true else { return nil }
        guard let stored = found.0 else { return [] }
        let text = try SecretPolicy.shown(stored, names, snapshot)
        let policy = CompiledPolicy(stored: Array(text.utf8), as: SecretPolicy.kind)
        return ExternalReach.all(of: policy, ownedBy: account.description).map { Sharing($0) }
    }
}
