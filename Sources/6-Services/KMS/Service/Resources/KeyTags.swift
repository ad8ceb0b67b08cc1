import AWS
import Door
import KMSAPI
import Storage

/// Tags of keys. Names are compared by their bytes.
enum KeyTags {
    /// - Source: KMS Developer Guide, "Tags in AWS KMS": 50 of each key.
    static let limit = 50

    /// No request brings more than a key can have: of that KMS says something else than of a key that would have too many.
    /// To be asked before the policies are.
    static func bound(_ tags: [KMS.Tag]?) throws {
        if let tags, tags.count > limit { throw KMS.TagException(message: "Too many tags") }
    }

    /// UntagResource knows no error of limits.
    static func bound(names: [String]) throws {
        guard names.count <= limit else { throw KMS.TagException(message: "Too many tag keys") }
    }

    private static let excess = KMS.LimitExceededException(message: "Too many tags")

    /// Adds or replaces.
    static func put(
        _ tags: [KMS.Tag], on account: AccountID, _ region: Region, _ key: String, _ transaction: inout Transaction
    ) throws {
        guard !tags.isEmpty else { return }
        guard Set(tags.map { Array($0.tagKey.utf8) }).count == tags.count else {
            throw KMS.TagException(message: "Duplicate tag keys")
        }
        let stored = try transaction.snapshot.rows(
            "SELECT name FROM kms_tag WHERE account = ? AND region = ? AND key = ?", .text(account.description),
            .text(region.description), .text(key)
        ) { $0.text(0) }
        if let name = TagNames.clash(tags.map(\.tagKey), with: stored) {
            throw KMS.TagException(message: TagNames.message(name))
        }
        for tag in tags {
            guard !tag.tagKey.lowercased().hasPrefix("aws:") else {
                throw KMS.TagException(message: "Tags beginning with aws: are reserved")
            }
            try transaction.run(
                """
                INSERT INTO kms_tag (account, region, key, name, value) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (account, region, key, name) DO UPDATE SET value = excluded.value
                """, .text(account.description), .text(region.description), .text(key), .text(tag.tagKey),
                .text(tag.tagValue))
        }
        let count = try transaction.number(
            "SELECT count(*) FROM kms_tag WHERE account = ? AND region = ? AND key = ?", .text(account.description),
            .text(region.description), .text(key))
        guard count <= limit else { throw excess }
        transaction.touch(.resourcePolicies)
    }

    static func remove(_ names: [String], from key: KMSKey, _ transaction: inout Transaction) throws {
        for name in names {
            try transaction.run(
                "DELETE FROM kms_tag WHERE account = ? AND region = ? AND key = ? AND name = ?",
                .text(key.account.description), .text(key.region.description), .text(key.id), .text(name))
        }
        transaction.touch(.resourcePolicies)
    }
}
