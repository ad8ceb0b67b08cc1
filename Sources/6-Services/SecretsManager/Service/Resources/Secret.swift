import AWS
import Authorization
import Door
import SecretsManagerAPI
import Storage
import World

/// A secret, without its versions.
final class Secret: Sendable {
    let account: AccountID
    let region: Region
    let name: String
    /// The six characters that end its ARN.
    let suffix: String
    let description: String?
    /// As its owner named it; nil for the key that Secrets Manager has in the account.
    let keyID: String?
    /// As stored.
    let policyText: String?
    let policy: CompiledPolicy?
    let created: Instant
    let changed: Instant
    /// The day; nil where it was never read.
    let accessed: Instant?
    /// When its recovery window ends; nil where it is not to be deleted.
    let deletion: Instant?
    let tags: [SecretsManager.Tag]
    /// Whether it ever had tags.
    let isTagged: Bool

    var arn: String { Secret.arn(account, region, name + "-" + suffix) }

    static func arn(_ account: AccountID, _ region: Region, _ resource: String) -> String {
        "arn:\(region.partition):secretsmanager:\(region):\(account):secret:\(resource)"
    }

    private init(_ row: borrowing Row, _ place: SecretPlace, _ tags: [SecretsManager.Tag], _ policies: PolicyCache) {
        (account, region, name, self.tags) = (place.account, place.region, place.name, tags)
        (suffix, description, keyID) = (row.text(0), row.textOrNull(1), row.textOrNull(2))
        policyText = row.textOrNull(3)
        policy = policyText.map { policies.policy($0, as: SecretPolicy.kind) }
        (created, changed) = (Instant(milliseconds: row.int(4)), Instant(milliseconds: row.int(5)))
        accessed = row.intOrNull(6).map(Instant.init(milliseconds:))
        deletion = row.intOrNull(7).map(Instant.init(milliseconds:))
        isTagged = row.int(8) != 0
    }

    /// Nil where there is none. What is past its recovery window is found too.
    static func find(_ place: SecretPlace, _ policies: PolicyCache, _ snapshot: borrowing Snapshot) throws -> Secret? {
        let tags = try snapshot.rows(
            "SELECT name, value FROM secret_tag WHERE account = ? AND region = ? AND secret = ? ORDER BY name",
            place.accountValue, place.regionValue, .text(place.name)
        ) { SecretsManager.Tag(key: $0.text(0), value: $0.text(1)) }
        return try snapshot.first(
            """
            SELECT suffix, description, kms_key, policy, created, changed, accessed, deletion, tagged FROM secret
            WHERE account = ? AND region = ? AND name = ?
            """, place.accountValue, place.regionValue, .text(place.name)
        ) { Secret($0, place, tags, policies) }
    }

    var place: SecretPlace { SecretPlace(account: account, region: region, name: name) }

    /// As answers have them: AWS lists none of a secret that never had any, and an empty list of one that has none any more.
    var shownTags: [SecretsManager.Tag]? { isTagged ? tags : nil }

    func isGone(_ now: Instant) -> Bool { deletion.map { $0 <= now } ?? false }
}

/// Where the rows of a secret are.
struct SecretPlace: Sendable, Equatable {
    let account: AccountID
    let region: Region
    let name: String

    var accountValue: SQLValue { .text(account.description) }
    var regionValue: SQLValue { .text(region.description) }
}
