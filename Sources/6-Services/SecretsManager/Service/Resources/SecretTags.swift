import Door
import SecretsManagerAPI
import Storage

/// Tags of secrets. Names are compared by their bytes.
enum SecretTags {
    /// - Source: Secrets Manager User Guide, "Quotas".
    static let limit = 50

    /// No request brings, or names, more tags than a secret can have.
    static func bound(_ count: Int) throws {
        guard count <= limit else { throw Refused.parameter("A secret can have at most \(limit) tags.") }
    }

    /// Adds or replaces.
    static func put(_ tags: [SecretsManager.Tag], on place: SecretPlace, _ transaction: inout Transaction) throws {
        guard !tags.isEmpty else { return }
        guard Set(tags.map { Array(($0.key ?? "").utf8) }).count == tags.count else {
            throw Refused.parameter("Duplicate tag keys found. Please note that tag keys are case sensitive.")
        }
        let stored = try transaction.snapshot.rows(
            "SELECT name FROM secret_tag WHERE account = ? AND region = ? AND secret = ?", place.accountValue,
            place.regionValue, .text(place.name)
        ) { $0.text(0) }
        if let name = TagNames.clash(tags.compactMap(\.key), with: stored) {
            throw Refused.parameter(TagNames.message(name))
        }
        for tag in tags {
            guard let key = tag.key, !key.isEmpty else { throw Refused.parameter("A tag needs a key.") }
            guard !key.lowercased().hasPrefix("aws:") else {
                throw Refused.parameter("aws: prefixed tag key names are not allowed for external use.")
            }
            try transaction.run(
                """
                INSERT INTO secret_tag (account, region, secret, name, value) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (account, region, secret, name) DO UPDATE SET value = excluded.value
                """, place.accountValue, place.regionValue, .text(place.name), .text(key), .text(tag.value ?? ""))
        }
        let count = try transaction.number(
            "SELECT count(*) FROM secret_tag WHERE account = ? AND region = ? AND secret = ?", place.accountValue,
            place.regionValue, .text(place.name))
        try bound(Int(count))
        try transaction.run(
            "UPDATE secret SET tagged = 1 WHERE account = ? AND region = ? AND name = ?", place.accountValue,
            place.regionValue, .text(place.name))
        transaction.touch(.resourcePolicies)
    }

    static func remove(_ names: [String], from place: SecretPlace, _ transaction: inout Transaction) throws {
        for name in names {
            try transaction.run(
                "DELETE FROM secret_tag WHERE account = ? AND region = ? AND secret = ? AND name = ?",
                place.accountValue, place.regionValue, .text(place.name), .text(name))
        }
        transaction.touch(.resourcePolicies)
    }
}
