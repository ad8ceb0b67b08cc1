import SecretsManagerAPI
import Storage
import World

/// A version of a secret, without its value.
struct SecretVersion: Sendable {
    let id: String
    let created: Instant

    /// How many there may be: deprecated ones beyond a hundred go once they are a day old, and one every ten minutes is as
    /// many as a day may bring.
    /// - Source: Secrets Manager API Reference, "PutSecretValue"; User Guide, "Quotas".
    static let kept = 100
    static let limit = kept + 144
    private static let day = Duration.seconds(86_400)

    /// In the order they were made, those after `position`.
    static func list(
        of place: SecretPlace, after position: (created: Int64, id: String)?, limit: Int,
        _ snapshot: borrowing Snapshot
    ) throws -> [SecretVersion] {
        try snapshot.rows(
            """
            SELECT id, created FROM secret_version
            WHERE account = ?1 AND region = ?2 AND secret = ?3 AND (created, id) > (?4, ?5) ORDER BY created, id LIMIT ?6
            """, place.accountValue, place.regionValue, .text(place.name), .int(position?.created ?? .min),
            .text(position?.id ?? ""), .number(limit)
        ) { SecretVersion(id: $0.text(0), created: Instant(milliseconds: $0.int(1))) }
    }

    /// Removes deprecated versions that nobody keeps room for.
    static func prune(_ place: SecretPlace, _ now: Instant, _ transaction: inout Transaction) throws {
        let all = try list(of: place, after: nil, limit: .max, transaction.snapshot)
        guard all.count > kept else { return }
        let labels = try StagingLabels.all(of: place, transaction.snapshot)
        for version in all.dropLast(kept)
        where version.created + day < now && labels.labels(of: version.id).isEmpty {
            try transaction.run(
                "DELETE FROM secret_version WHERE account = ? AND region = ? AND secret = ? AND id = ?",
                place.accountValue, place.regionValue, .text(place.name), .text(version.id))
            try transaction.run(
                "DELETE FROM secret_text WHERE account = ? AND region = ? AND secret = ? AND version = ?",
                place.accountValue, place.regionValue, .text(place.name), .text(version.id))
            transaction.eraseTraces()
        }
        let count = try transaction.number(
            "SELECT count(*) FROM secret_version WHERE account = ? AND region = ? AND secret = ?", place.accountValue,
            place.regionValue, .text(place.name))
        guard count < limit else {
            throw SecretsManager.LimitExceededException(
                message: "The secret has too many versions. Versions older than a day are removed when others come.")
        }
    }
}
