import IAMAPI
import WebAuthn
import Storage

/// A security key with the device it is, as stored.
struct StoredSecurityKey: Sendable {
    let serial: String
    /// Of the pages it is for.
    let host: String
    let key: SecurityKey

    private init(_ row: borrowing Row) {
        (serial, host) = (row.text(1), row.text(2))
        key = SecurityKey(
            id: row.blob(0), algorithm: Int(row.int(3)), publicKey: row.blob(4),
            counter: UInt32(truncatingIfNeeded: row.int(5)), model: row.blob(6))
    }

    static func find(_ id: [UInt8], _ snapshot: borrowing Snapshot) throws -> StoredSecurityKey? {
        try snapshot.first(
            "SELECT id, serial, host, algorithm, public_key, counter, model FROM iam_security_key WHERE id = ?",
            .blob(id), make: StoredSecurityKey.init)
    }

    /// Those of an owner for pages of a host.
    static func all(
        of owner: String, host: String, _ snapshot: borrowing Snapshot
    ) throws -> [StoredSecurityKey] {
        try snapshot.rows(
            """
            SELECT k.id, k.serial, k.host, k.algorithm, k.public_key, k.counter, k.model
            FROM iam_mfa_device d JOIN iam_security_key k ON k.serial = d.serial
            WHERE d.owner = ? AND k.host = ? ORDER BY k.serial
            """, .text(owner), .text(host), each: StoredSecurityKey.init)
    }

    static func insert(
        _ key: SecurityKey, serial: String, host: String, _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO iam_security_key (id, serial, host, algorithm, public_key, counter, model)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, .blob(key.id), .text(serial), .text(host), .number(key.algorithm), .blob(key.publicKey),
            .number(key.counter), .blob(key.model))
    }

    /// Notes a use. False where the counter moved meanwhile, or the key is gone.
    func use(_ counter: UInt32, _ transaction: inout Transaction) throws -> Bool {
        try transaction.run(
            "UPDATE iam_security_key SET counter = ? WHERE id = ? AND serial = ? AND counter = ?", .number(counter),
            .blob(key.id), .text(serial), .number(key.counter)) == 1
    }
}
