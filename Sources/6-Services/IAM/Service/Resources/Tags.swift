import AWS
import Door
import IAMAPI
import Storage

/// Whom tags belong to, and how their keys are told apart.
///
/// Of users and roles `Team` and `team` are one key, and the last spelling stays; of everything else they are two.
/// - Source: IAM User Guide, "Tags for AWS Identity and Access Management resources": case sensitivity; as captured from
///   AWS for each kind in radkawar/stackd, `docs/iam-completion.md` and `internal/services/iam/testdata`.
struct TagOwner: Sendable {
    /// A unique id.
    let id: String
    private let foldsKeys: Bool

    /// - Parameter id: of a user or a role.
    static func principal(_ id: String) -> TagOwner { TagOwner(id: id, foldsKeys: true) }
    /// - Parameter id: of anything else.
    static func resource(_ id: String) -> TagOwner { TagOwner(id: id, foldsKeys: false) }

    /// What two spellings of one key have in common.
    func fold(_ key: String) -> String { foldsKeys ? key.lowercased() : key }

    /// What is said of one key that is given twice.
    var sameKeys: String {
        "Duplicate tag keys found." + (foldsKeys ? " Please note that Tag keys are case insensitive." : "")
    }
}

/// Tags on everything that IAM has.
enum Tags {
    /// - Source: IAM and STS quotas: 50 tags per entity.
    static let limit = 50

    static func of(_ owner: String, _ snapshot: borrowing Snapshot) throws -> [IAM.Tag] {
        try snapshot.rows("SELECT key, value FROM iam_tag WHERE owner = ? ORDER BY key_fold", .text(owner)) {
            IAM.Tag(key: $0.text(0), value: $0.text(1))
        }
    }

    /// One page of the tags, those after `marker`.
    static func page(
        of owner: TagOwner, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [IAM.Tag] {
        try snapshot.rows(
            "SELECT key, value FROM iam_tag WHERE owner = ? AND key_fold > ? ORDER BY key_fold LIMIT ?",
            .text(owner.id),
            .text(marker), .number(limit)
        ) { IAM.Tag(key: $0.text(0), value: $0.text(1)) }
    }

    /// Adds or replaces. Refuses duplicates within `tags`, `aws:` keys, and more than `limit` in all.
    static func put(_ tags: [IAM.Tag], on owner: TagOwner, _ transaction: inout Transaction) throws {
        try check(tags, of: owner)
        for tag in tags {
            try transaction.run(
                """
                INSERT INTO iam_tag (owner, key_fold, key, value) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (owner, key_fold) DO UPDATE SET key = excluded.key, value = excluded.value
                """, .text(owner.id), .text(owner.fold(tag.key)), .text(tag.key), .text(tag.value))
        }
        let count = try transaction.number("SELECT count(*) FROM iam_tag WHERE owner = ?", .text(owner.id))
        guard count <= limit else {
            throw IAM.LimitExceededException(message: "The number of tags has reached the maximum limit.")
        }
        transaction.touch(.identity)
    }

    static func remove(_ keys: [String], from owner: TagOwner, _ transaction: inout Transaction) throws {
        for key in keys {
            try transaction.run(
                "DELETE FROM iam_tag WHERE owner = ? AND key_fold = ?", .text(owner.id), .text(owner.fold(key)))
        }
        transaction.touch(.identity)
    }

    static func removeAll(of owner: String, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM iam_tag WHERE owner = ?", .text(owner))
    }

    private static func check(_ tags: [IAM.Tag], of owner: TagOwner) throws {
        var seen: Set<[UInt8]> = []
        for tag in tags {
            guard seen.insert(Array(owner.fold(tag.key).utf8)).inserted else {
                throw IAM.InvalidInputException(message: owner.sameKeys)
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
    func tags(of owner: TagOwner, _ snapshot: borrowing Snapshot) throws -> (tags: [IAM.Tag], String?) {
        let (tags, marker) = cut(try Tags.page(of: owner, after: after, limit: fetch, snapshot)) {
            owner.fold($0.key)
        }
        return (tags, marker)
    }
}
