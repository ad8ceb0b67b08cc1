import AWS
import KMSAPI
import Storage
import World

/// A name of a key that its owner chose. It lives in one account and Region, and may be given to another key.
struct Alias: Sendable {
    let account: AccountID
    let region: Region
    /// With `alias/`.
    let name: String
    /// The key's id.
    let key: String
    let created: Instant
    let updated: Instant

    var arn: String { KMSKey.arn(account, region, alias: name) }

    private init(_ row: borrowing Row, _ account: AccountID, _ region: Region) {
        (self.account, self.region) = (account, region)
        (name, key) = (row.text(0), row.text(1))
        (created, updated) = (Instant(milliseconds: row.int(2)), Instant(milliseconds: row.int(3)))
    }

    static func find(
        _ name: String, in account: AccountID, _ region: Region, _ snapshot: borrowing Snapshot
    ) throws -> Alias? {
        try snapshot.first(
            "SELECT name, key, created, updated FROM kms_alias WHERE account = ? AND region = ? AND name = ?",
            .text(account.description), .text(region.description), .text(name)
        ) { Alias($0, account, region) }
    }

    /// In the order of their names, those after `marker`. - Parameter key: only this key's; nil for all.
    static func list(
        of key: String?, in account: AccountID, _ region: Region, after marker: String, limit: Int,
        _ snapshot: borrowing Snapshot
    ) throws -> [Alias] {
        let (owner, place) = (SQLValue.text(account.description), SQLValue.text(region.description))
        guard let key else {
            return try snapshot.rows(
                """
                SELECT name, key, created, updated FROM kms_alias
                WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?
                """, owner, place, .text(marker), .number(limit)
            ) { Alias($0, account, region) }
        }
        return try snapshot.rows(
            """
            SELECT name, key, created, updated FROM kms_alias INDEXED BY kms_alias_by_key
            WHERE account = ? AND region = ? AND key = ? AND name > ? ORDER BY name LIMIT ?
            """, owner, place, .text(key), .text(marker), .number(limit)
        ) { Alias($0, account, region) }
    }

    static func write(_ name: String, leadingTo key: KMSKey, _ now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO kms_alias (account, region, name, key, created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
            .text(key.account.description), .text(key.region.description), .text(name), .text(key.id),
            .int(now.milliseconds))
        transaction.touch(.resourcePolicies)
    }

    func lead(to key: KMSKey, _ now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE kms_alias SET key = ?, updated = ? WHERE account = ? AND region = ? AND name = ?", .text(key.id),
            .int(now.milliseconds), .text(account.description), .text(region.description), .text(name))
        transaction.touch(.resourcePolicies)
    }

    func remove(_ transaction: inout Transaction) throws {
        try transaction.run(
            "DELETE FROM kms_alias WHERE account = ? AND region = ? AND name = ?", .text(account.description),
            .text(region.description), .text(name))
        transaction.touch(.resourcePolicies)
    }

    var shape: KMS.AliasListEntry {
        KMS.AliasListEntry(
            aliasName: name, aliasArn: arn, targetKeyId: key, creationDate: created, lastUpdatedDate: updated)
    }
}
