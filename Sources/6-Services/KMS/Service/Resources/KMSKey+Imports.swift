import AWS
import KMSAPI
import KeyEngine
import Storage
import World

extension KMSKey {
    /// Keeps imported material that was not there before: the first is used at once, any other from the next rotation on.
    func put(
        _ taken: ImportWork.Taken, id material: String, describedBy description: String?, _ now: Instant,
        _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO kms_material (account, key, number, id, wrapped, public, created, description, pending, digest,
                digest_key, derives)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(account.description), .text(id), .number(taken.number), .text(material),
            .blob(taken.made.key.wrapped.bytes), .blobOrNull(taken.made.publicKey), .int(now.milliseconds),
            .textOrNull(description), .bool(taken.number > 1), .blobOrNull(taken.mark?.digest),
            .blobOrNull(taken.mark?.digestKey), .bool(taken.made.derives))
    }

    /// Keeps material that was imported before.
    func put(
        _ taken: ImportWork.Taken, again known: KeyMaterial, describedBy description: String?,
        _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            UPDATE kms_material SET wrapped = ?, description = coalesce(?, description)
            WHERE account = ? AND key = ? AND number = ?
            """, .blob(taken.made.key.wrapped.bytes), .textOrNull(description), .text(account.description), .text(id),
            .number(known.number))
    }
}
