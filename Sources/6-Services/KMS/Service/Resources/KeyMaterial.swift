import AWS
import KMSAPI
import Storage
import World

/// What a key computes with: one of each rotation. Old ones still decrypt.
struct KeyMaterial: Sendable {
    /// From 1; the highest one that is there encrypts.
    let number: Int
    /// 64 hexadecimal digits.
    let id: String
    /// Nil where it was imported and is gone, by deletion or because its time was over.
    let wrapped: [UInt8]?
    /// SubjectPublicKeyInfo in DER, of pairs.
    let publicKey: [UInt8]?
    let created: Instant
    /// How it came to be the current one; nil of the first.
    let rotation: KMS.RotationType?
    let description: String?
    /// When imported material ends in this Region; nil where it does not, or was not imported.
    let expires: Instant?
    /// Whether it was imported for the next rotation.
    let isPending: Bool
    /// Whether it was imported for a rotation and taken back before it: only its number is left.
    let isWithdrawn: Bool
    /// What imported material is known again by; nil of pairs, and of what was not imported.
    let mark: ImportWork.Mark?
    /// Whether each text has a key of its own, derived of this (version 2 of the ciphertext).
    let derives: Bool

    /// Oldest first. Imported material counts only where it was imported.
    static func all(
        of key: String, _ account: SQLValue, _ region: SQLValue, _ snapshot: borrowing Snapshot
    ) throws -> [KeyMaterial] {
        try snapshot.rows(
            """
            SELECT m.number, m.id,
                CASE WHEN k.origin = 'EXTERNAL' AND i.number IS NULL THEN NULL ELSE m.wrapped END,
                m.public, m.created, m.rotation, m.description, i.expires, m.pending,
                m.digest, m.digest_key, m.derives
            FROM kms_material m
                JOIN kms_key k ON k.account = m.account AND k.region = ?2 AND k.id = m.key
                LEFT JOIN kms_import i
                    ON i.account = m.account AND i.region = ?2 AND i.key = m.key AND i.number = m.number
            WHERE m.account = ?1 AND m.key = ?3 ORDER BY m.number
            """, account, region, .text(key)
        ) { row in
            KeyMaterial(
                number: Int(row.int(0)), id: row.text(1), wrapped: row.blobOrNull(2), publicKey: row.blobOrNull(3),
                created: Instant(milliseconds: row.int(4)),
                rotation: row.textOrNull(5).map(KMS.RotationType.init(rawValue:)), description: row.textOrNull(6),
                expires: row.intOrNull(7).map(Instant.init(milliseconds:)),
                isPending: row.int(8) == 1, isWithdrawn: row.int(8) == 2,
                mark: row.blobOrNull(9).map { ImportWork.Mark(digest: $0, digestKey: row.blob(10)) },
                derives: row.bool(11))
        }
    }
}
