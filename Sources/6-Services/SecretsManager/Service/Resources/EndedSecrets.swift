import AWS
import Door
public import Storage
public import World

/// Takes away the rows of secrets: at once, or when their recovery windows are over.
public enum EndedSecrets {
    /// So many at once that others' changes do not wait long.
    private static let batch = 100

    /// Removes secrets whose windows are over. - Returns: whether there may be more.
    public static func remove(_ now: Instant, _ transaction: inout Transaction) throws -> Bool {
        let places = try transaction.rows(
            "SELECT account, region, name FROM secret WHERE deletion <= ? ORDER BY deletion LIMIT ?",
            .int(now.milliseconds), .number(batch)
        ) { row in
            SecretPlace(account: try .stored(row.text(0)), region: try .stored(row.text(1)), name: row.text(2))
        }
        for place in places { try remove(place, &transaction) }
        return places.count == batch
    }

    /// Removes one, with all of its versions, and their traces.
    static func remove(_ place: SecretPlace, _ transaction: inout Transaction) throws {
        let (account, region, name) = (place.accountValue, place.regionValue, SQLValue.text(place.name))
        try transaction.run(
            "DELETE FROM secret_text WHERE account = ? AND region = ? AND secret = ?", account, region, name)
        try transaction.run(
            "DELETE FROM secret_stage WHERE account = ? AND region = ? AND secret = ?", account, region, name)
        try transaction.run(
            "DELETE FROM secret_version WHERE account = ? AND region = ? AND secret = ?", account, region, name)
        try transaction.run(
            "DELETE FROM secret_tag WHERE account = ? AND region = ? AND secret = ?", account, region, name)
        try transaction.run(
            "DELETE FROM secret WHERE account = ? AND region = ? AND name = ?", account, region, name)
        transaction.touch(.resourcePolicies)
        transaction.eraseTraces()
    }
}
