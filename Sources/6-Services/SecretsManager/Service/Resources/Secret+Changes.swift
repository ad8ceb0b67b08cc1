import SecretsManagerAPI
import Storage
import World

extension Secret {
    /// Writes a secret without versions, in place of one whose time is over.
    static func write(
        _ place: SecretPlace, suffix: String, description: String?, keyID: String?, _ now: Instant,
        _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO secret (account, region, name, suffix, description, kms_key, created, changed)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
            """, place.accountValue, place.regionValue, .text(place.name), .text(suffix),
            .textOrNull(description), .textOrNull(keyID), .int(now.milliseconds))
        transaction.touch(.resourcePolicies)
    }

    func setDescription(_ description: String?, _ transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE secret SET description = ? WHERE account = ? AND region = ? AND name = ?",
            .textOrNull(description), place.accountValue, place.regionValue, .text(name))
    }

    func setKey(_ keyID: String?, _ transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE secret SET kms_key = ? WHERE account = ? AND region = ? AND name = ?", .textOrNull(keyID),
            place.accountValue, place.regionValue, .text(name))
    }

    func setPolicy(_ text: String?, _ transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE secret SET policy = ? WHERE account = ? AND region = ? AND name = ?", .textOrNull(text),
            place.accountValue, place.regionValue, .text(name))
        transaction.touch(.resourcePolicies)
    }

    func setDeletion(_ deletion: Instant?, _ transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE secret SET deletion = ? WHERE account = ? AND region = ? AND name = ?",
            .intOrNull(deletion?.milliseconds), place.accountValue, place.regionValue, .text(name))
        transaction.touch(.resourcePolicies)
    }

    /// Notes that something of it changed.
    func touch(_ now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE secret SET changed = ? WHERE account = ? AND region = ? AND name = ?", .int(now.milliseconds),
            place.accountValue, place.regionValue, .text(name))
    }
}
