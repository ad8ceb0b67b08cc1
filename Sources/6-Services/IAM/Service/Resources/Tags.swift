import AWS
import Door
import IAMAPI
import Storage

/// Tags on users, roles and policies. Keys are compared without case, as IAM does; the stored spelling is the first one's.
enum Tags {
    /// - Source: IAM and STS quotas: 50 tags per entity.
    static let limit = 50

    static func of(_ owner: String, _ snapshot: borrowing Snapshot) throws -> [IAM.Tag] {
        try snapshot.rows("SELECT key, value FROM iam_tag WHERE owner = ? ORDER BY key_fold", .text(owner)) {
            IAM.Tag(key: $0.text(0), value: $0.text(1))
        }
    }

    /// One page of the tags, those after `marker`.
    static func page(of owner: String, after marker: String, limit: Int, _ snapshot: borrowing Snapshot) throws -> [IAM
        .Tag]
    {
        try snapshot.rows(
            "SELECT key, value FROM iam_tag WHERE owner = ? AND key_fold > ? ORDER BY key_fold LIMIT ?", .text(owner),
            .text(marker), .number(limit)
        ) { IAM.Tag(key: $0.text(0), value: $0.text(1)) }
    }

    /// Adds or replaces. Refuses duplicates within `tags`, `aws:` keys, and more than `limit` in all.
    static func put(_ tags: [IAM.Tag], on owner: String, _ transaction: inout Transaction) throws {
        try check(tags)
        for tag in tags {
            try transaction.run(
                """
                INSERT INTO iam_tag (owner, key_fold, key, value) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (owner, key_fold) DO UPDATE SET key = excluded.key, value = excluded.value
                """, .text(owner), .text(tag.key.lowercased()), .text(tag.key), .text(tag.value))
        }
        let count = try transaction.number("SELECT count(*) FROM iam_tag WHERE owner = ?", .text(owner))
        guard count <= limit else {
            throw IAM.LimitExceededException(message: "The number of tags has reached the maximum limit.")
        }
        transaction.touch(.identity)
    }

    static func remove(_ keys: [String], from owner: String, _ transaction: inout Transaction) throws {
        for key in keys {
            try transaction.run(
                "DELETE FROM iam_tag WHERE owner = ? AND key_fold = ?", .text(owner), .text(key.lowercased()))
        }
        transaction.touch(.identity)
    }

    static func removeAll(of owner: String, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM iam_tag WHERE owner = ?", .text(owner))
    }

    private static func check(_ tags: [IAM.Tag]) throws {
        var seen: Set<String> = []
        for tag in tags {
            guard seen.insert(tag.key.lowercased()).inserted else {
                throw IAM.InvalidInputException(
                    message: "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
            }
            guard !tag.key.lowercased().hasPrefix("aws:") else {
                throw IAM.InvalidInputException(message: "Tag keys may not begin with aws:. That prefix is reserved.")
            }
        }
    }

    /// The condition keys of a request that brings tags.
    static func requestKeys(_ tags: [IAM.Tag]?) -> [ConditionEntry] {
        guard let tags, !tags.isEmpty else { return [] }
        return tags.map { ConditionEntry(.awsRequestTag($0.key), $0.value) } + [
            ConditionEntry(.awsTagKeys, tags.map(\.key))
        ]
    }

    /// The condition keys of a resource that has tags.
    static func resourceKeys(_ owner: String?, _ snapshot: borrowing Snapshot) throws -> [ConditionEntry] {
        guard let owner else { return [] }
        return conditionKeys(try of(owner, snapshot))
    }

    static func conditionKeys(_ tags: [IAM.Tag]) -> [ConditionEntry] {
        tags.flatMap {
            [
                ConditionEntry(.awsResourceTag($0.key), $0.value),
                ConditionEntry(.iamResourceTag($0.key), $0.value),
            ]
        }
    }
}

extension Page {
    /// The tags of this page, and the marker of the next one.
    func tags(of owner: String, _ snapshot: borrowing Snapshot) throws -> (tags: [IAM.Tag], String?) {
        let (tags, marker) = cut(try Tags.page(of: owner, after: after, limit: fetch, snapshot)) {
            $0.key.lowercased()
        }
        return (tags, marker)
    }
}
