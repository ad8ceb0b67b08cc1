import AWS
import Crypto
import Door
public import KeyEngine
public import Storage

/// What of KMS is wrapped under the root of the data folder.
public enum KeysUnderRoot {
    /// Materials, and the keys by which imported material is known again.
    public static func count(_ snapshot: borrowing Snapshot) throws -> Int {
        Int(try snapshot.number("SELECT count(wrapped) + count(digest_key) FROM kms_material"))
    }

    /// How many do not begin so: they are under another root.
    public static func count(notStarting start: [UInt8], _ snapshot: borrowing Snapshot) throws -> Int {
        Int(
            try snapshot.number(
                """
                SELECT count(CASE WHEN substr(wrapped, 1, length(?1)) <> ?1 THEN 1 END)
                    + count(CASE WHEN substr(digest_key, 1, length(?1)) <> ?1 THEN 1 END)
                FROM kms_material
                """, .blob(start)))
    }

    /// Whether some are under a root that the engine does not know: the file of the root is of another time than they.
    public static func hasStrangers(to engine: any KeyEngine, _ snapshot: borrowing Snapshot) throws -> Bool {
        // Nine bytes tell the version and the root; the oldest versions have the first byte alone.
        let starts = try snapshot.rows(
            """
            SELECT DISTINCT CASE WHEN substr(key, 1, 1) IN (x'01', x'02') THEN substr(key, 1, 1)
                ELSE substr(key, 1, 9) END
            FROM (SELECT wrapped AS key FROM kms_material UNION ALL SELECT digest_key FROM kms_material)
            WHERE key IS NOT NULL
            """
        ) { $0.blob(0) }
        return !starts.allSatisfy { engine.keeps(WrappedKey(bytes: $0)) }
    }
}

/// A material, or the key by which an imported one is known again, with what is needed to use it.
public struct StoredKey: Sendable {
    /// As the engine has it.
    public let key: EngineKey
    /// SubjectPublicKeyInfo in DER, of a pair.
    public let publicKey: [UInt8]?
    /// Where it stands.
    let row: MaterialRow
    let isDigestKey: Bool

    /// The keys that do not begin with `start`, of the rows after `row` in their order, and the last of those
    /// rows; nil where there are no more. Rows that tell not enough to use their keys are named apart.
    static func all(
        notStarting start: [UInt8], after row: MaterialRow, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> (keys: [StoredKey], unreadable: [String], last: MaterialRow?) {
        var (last, unreadable): (MaterialRow?, [String]) = (nil, [])
        let keys = try snapshot.rows(
            """
            SELECT m.account, m.key, m.number,
                (SELECT k.spec FROM kms_key k WHERE k.account = m.account AND k.id = m.key LIMIT 1),
                m.derives, m.wrapped, m.digest_key, m.public
            FROM kms_material m
            WHERE (m.account, m.key, m.number) > (?1, ?2, ?3)
                AND (substr(m.wrapped, 1, length(?4)) <> ?4 OR substr(m.digest_key, 1, length(?4)) <> ?4)
            ORDER BY m.account, m.key, m.number LIMIT ?5
            """, .text(row.account), .text(row.key), .int(row.number), .blob(start), .number(limit)
        ) { found in
            let row = MaterialRow(account: found.text(0), key: found.text(1), number: found.int(2))
            last = row
            do { return try of(row, found, start) } catch {
                unreadable.append(row.name)
                return []
            }
        }.flatMap { $0 }
        return (keys, unreadable, last)
    }

    private static func of(_ row: MaterialRow, _ found: borrowing Row, _ start: [UInt8]) throws -> [StoredKey] {
        guard let spec = found.textOrNull(3).flatMap(KeySpecification.init(rawValue:)) else {
            throw StorageError.corrupt("material of a KMS key that is not there")
        }
        let (account, number) = (try AccountID.stored(row.account), Int(row.number))
        var keys: [StoredKey] = []
        if let wrapped = found.blobOrNull(5), !wrapped.starts(with: start) {
            let key = EngineKey(
                WrappedKey(bytes: wrapped), found.bool(4) ? .textKeys : spec.material,
                for: KMSKey.context(account, row.key, number))
            keys.append(StoredKey(key, found.blobOrNull(7), row, isDigestKey: false))
        }
        if let wrapped = found.blobOrNull(6), !wrapped.starts(with: start) {
            let key = EngineKey(
                WrappedKey(bytes: wrapped), .hmac(.sha256), for: ImportWork.markContext(account, row.key, number))
            keys.append(StoredKey(key, nil, row, isDigestKey: true))
        }
        return keys
    }

    private init(_ key: EngineKey, _ publicKey: [UInt8]?, _ row: MaterialRow, isDigestKey: Bool) {
        (self.key, self.publicKey, self.row, self.isDigestKey) = (key, publicKey, row, isDigestKey)
    }

    /// Puts the newly wrapped key in the place of this one, if that is still there; false where it is not.
    func replace(by key: EngineKey, _ transaction: inout Transaction) throws -> Bool {
        let values = (SQLValue.text(row.account), SQLValue.text(row.key), SQLValue.int(row.number))
        if isDigestKey {
            return try transaction.run(
                """
                UPDATE kms_material SET digest_key = ?1
                WHERE account = ?2 AND key = ?3 AND number = ?4 AND digest_key = ?5
                """, .blob(key.wrapped.bytes), values.0, values.1, values.2, .blob(self.key.wrapped.bytes)) == 1
        } else {
            return try transaction.run(
                """
                UPDATE kms_material SET wrapped = ?1
                WHERE account = ?2 AND key = ?3 AND number = ?4 AND wrapped = ?5
                """, .blob(key.wrapped.bytes), values.0, values.1, values.2, .blob(self.key.wrapped.bytes)) == 1
        }
    }
}

/// Which material: rows are gone through in this order.
struct MaterialRow: Sendable, Equatable {
    let account, key: String
    let number: Int64

    /// For messages.
    var name: String { "\(account) \(key) \(number)" }

    /// Before all.
    static let none = MaterialRow(account: "", key: "", number: 0)
}
