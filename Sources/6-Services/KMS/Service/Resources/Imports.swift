import AWS
import KMSAPI
import Storage
import World

/// Where the material of a key was imported, and until when: for each Region of the key.
enum Imports {
    /// Whether the material is in every Region of the key, and its time over in none.
    static func isEverywhere(
        _ material: KeyMaterial, of key: KMSKey, _ now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> Bool {
        try !snapshot.exists(
            """
            SELECT 1 FROM kms_key k
            WHERE k.account = ?1 AND k.id = ?2 AND NOT EXISTS (
                SELECT 1 FROM kms_import i
                WHERE i.account = k.account AND i.region = k.region AND i.key = k.id AND i.number = ?3
                    AND (i.expires IS NULL OR i.expires > ?4))
            """, .text(key.account.description), .text(key.id), .number(material.number), .int(now.milliseconds))
    }

    /// The material that a rotation on demand makes the current one, where all Regions of the key have it. Where its time is
    /// over it is no more, whether or not anybody has removed it yet: a key that was rotated to it could not be used.
    static func pending(of key: KMSKey, _ now: Instant, _ snapshot: borrowing Snapshot) throws -> KeyMaterial {
        guard let pending = key.pendingMaterial, pending.expires.map({ $0 > now }) ?? true else {
            throw KMS.KMSInvalidStateException(
                message: "No available key material pending rotation for the key: \(key.arn).")
        }
        guard try isEverywhere(pending, of: key, now, snapshot) else {
            throw KMS.KMSInvalidStateException(
                message: "The key material that is pending rotation is not imported in every Region of \(key.arn).")
        }
        return pending
    }

    static func put(
        _ number: Int, of key: KMSKey, until expires: Instant?, _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO kms_import (account, region, key, number, expires) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (account, region, key, number) DO UPDATE SET expires = excluded.expires
            """, .text(key.account.description), .text(key.region.description), .text(key.id), .number(number),
            .intOrNull(expires?.milliseconds))
    }

    /// Takes the material out of the key's Region. Where no Region has it any more it is erased.
    static func remove(_ material: KeyMaterial, from key: KMSKey, _ transaction: inout Transaction) throws {
        let (account, id) = (SQLValue.text(key.account.description), SQLValue.text(key.id))
        if material.isPending, !key.isReplica {
            // The replicas' goes with the primary's.
            try transaction.run(
                "DELETE FROM kms_import WHERE account = ? AND key = ? AND number = ?", account, id,
                .number(material.number))
        } else {
            try transaction.run(
                "DELETE FROM kms_import WHERE account = ? AND region = ? AND key = ? AND number = ?", account,
                .text(key.region.description), id, .number(material.number))
        }
        let isElsewhere = try transaction.exists(
            "SELECT 1 FROM kms_import WHERE account = ? AND key = ? AND number = ?", account, id,
            .number(material.number))
        guard !isElsewhere else { return }
        if material.isPending {
            // Its number stays, in the row of the last that was taken back: no other material ever has it.
            try transaction.run(
                "DELETE FROM kms_material WHERE account = ? AND key = ? AND pending = 2", account, id)
            try transaction.run(
                """
                UPDATE kms_material SET pending = 2, wrapped = NULL, digest = NULL, digest_key = NULL, description = NULL
                WHERE account = ? AND key = ? AND number = ?
                """, account, id, .number(material.number))
        } else {
            try transaction.run(
                "UPDATE kms_material SET wrapped = NULL WHERE account = ? AND key = ? AND number = ?", account, id,
                .number(material.number))
        }
        transaction.eraseTraces()
    }
}
