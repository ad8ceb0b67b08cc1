import SecretsManagerAPI
import Storage

/// A value as it is stored: under a data key, which is itself encrypted under a key of KMS.
struct SealedValue: Sendable {
    /// The KMS key, as versions name it: by its ARN, or by a word for Secrets Manager's own.
    let key: String
    let dataKey: [UInt8]
    let sealed: [UInt8]

    /// The newest first.
    static func all(of version: String, _ place: SecretPlace, _ snapshot: borrowing Snapshot) throws -> [SealedValue] {
        try snapshot.rows(
            """
            SELECT kms_key, data_key, sealed FROM secret_text
            WHERE account = ? AND region = ? AND secret = ? AND version = ? ORDER BY number DESC
            """, place.accountValue, place.regionValue, .text(place.name), .text(version)
        ) { SealedValue(key: $0.text(0), dataKey: $0.blob(1), sealed: $0.blob(2)) }
    }

    /// The KMS keys that a version is under, the newest first.
    static func keys(of version: String, _ place: SecretPlace, _ snapshot: borrowing Snapshot) throws -> [String] {
        try snapshot.rows(
            """
            SELECT kms_key FROM secret_text
            WHERE account = ? AND region = ? AND secret = ? AND version = ? ORDER BY number DESC
            """, place.accountValue, place.regionValue, .text(place.name), .text(version)
        ) { $0.text(0) }
    }

    /// Adds this form of a version's value. The one before stays, so that nobody is shut out who has the former key alone;
    /// older ones go.
    /// - Source: Secrets Manager User Guide, "Secret encryption and decryption", on changing the key.
    func write(as version: String, of place: SecretPlace, _ transaction: inout Transaction) throws {
        let newest = try transaction.number(
            """
            SELECT max(number) FROM secret_text WHERE account = ? AND region = ? AND secret = ? AND version = ?
            """, place.accountValue, place.regionValue, .text(place.name), .text(version))
        try transaction.run(
            """
            INSERT INTO secret_text (account, region, secret, version, number, kms_key, data_key, sealed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, place.accountValue, place.regionValue, .text(place.name), .text(version), .int(newest + 1), .text(key),
            .blob(dataKey), .blob(sealed))
        try transaction.run(
            """
            DELETE FROM secret_text
            WHERE account = ? AND region = ? AND secret = ? AND version = ? AND number < ?
            """, place.accountValue, place.regionValue, .text(place.name), .text(version), .int(newest))
        // The first and the second form take no other's place.
        if newest > 1 { transaction.eraseTraces() }
    }
}
