import SecretsManagerAPI
import Storage
import World

/// A version of a secret with its ciphertexts, to be opened outside of any transaction.
struct StoredVersion: Sendable {
    let id: String
    let created: Instant
    let isBinary: Bool
    let labels: [String]
    /// The newest first.
    let values: [SealedValue]

    /// Nil where there is none.
    static func find(_ id: String, of place: SecretPlace, _ snapshot: borrowing Snapshot) throws -> StoredVersion? {
        let labels = try StagingLabels.all(of: place, snapshot).labels(of: id)
        let values = try SealedValue.all(of: id, place, snapshot)
        return try snapshot.first(
            """
            SELECT created, binary FROM secret_version WHERE account = ? AND region = ? AND secret = ? AND id = ?
            """, place.accountValue, place.regionValue, .text(place.name), .text(id)
        ) { row in
            StoredVersion(
                id: id, created: Instant(milliseconds: row.int(0)), isBinary: row.bool(1), labels: labels,
                values: values)
        }
    }

    /// The one that has the label.
    static func find(
        label: String, of place: SecretPlace, _ snapshot: borrowing Snapshot
    ) throws -> StoredVersion? {
        guard let id = try StagingLabels.all(of: place, snapshot).holder(of: label) else { return nil }
        return try find(id, of: place, snapshot)
    }
}
