import AWS
import Authentication
import S3API
import Storage
import World

/// An object, as far as listings show it.
struct StoredObject: Sendable {
    let bucket: Int64
    let key: [UInt8]
    let etag: [UInt8]
    /// Bytes.
    let size: Int64
    /// Whole seconds.
    let modified: Instant
    let algorithm: ChecksumAlgorithm
    /// Whether the checksum is made of those of the parts, not of the content.
    let isComposite: Bool
    let storageClass: ObjectClass
    /// The row of its content.
    let content: Int64
    /// Nil for the null version.
    let version: VersionID?
    /// Of two versions of a key, the newer has the smaller; 0 in buckets that never had versions.
    let place: Int64

    /// Columns: bucket, key, etag, size, modified, algorithm, content, version, place.
    init(_ row: borrowing Row) throws {
        (bucket, key, etag, size) = (row.int(0), row.blob(1), row.blob(2), row.int(3))
        modified = Instant(milliseconds: row.int(4))
        let kind = row.int(5)
        guard let algorithm = ChecksumAlgorithm(stored: kind & StoredObject.algorithmMask),
            let storageClass = ObjectClass(rawValue: kind >> StoredObject.classShift)
        else { throw Damaged.object(row.int(6)) }
        (self.algorithm, isComposite) = (algorithm, kind & StoredObject.compositeFlag != 0)
        self.storageClass = storageClass
        content = row.int(6)
        (version, place) = (try StoredObject.version(row, at: 7), row.int(8))
    }

    static func version(_ row: borrowing Row, at column: Int) throws -> VersionID? {
        guard let bytes = row.blobOrNull(column) else { return nil }
        guard let version = VersionID(bytes: bytes) else { throw Damaged.version(row.int(0)) }
        return version
    }

    /// The column `algorithm` holds the number of the algorithm in its lowest bits, beside it this flag, and above both the
    /// number of the storage class. Never to be changed.
    static let compositeFlag: Int64 = 16
    private static let algorithmMask: Int64 = 15
    private static let classShift: Int64 = 8

    /// What the column `algorithm` holds.
    static func kind(_ algorithm: ChecksumAlgorithm, isComposite: Bool, _ storageClass: ObjectClass) -> Int64 {
        algorithm.stored | (isComposite ? compositeFlag : 0) | storageClass.rawValue << classShift
    }

    var checksumType: S3.ChecksumType { isComposite ? .composite : .fullObject }

    static func find(_ key: String, in bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> StoredObject? {
        try find(Array(key.utf8), in: bucket, snapshot)
    }

    /// Which version of the key has that content; nil for the null version.
    static func version(
        ofContent content: Int64, _ key: [UInt8], in bucket: Bucket, _ snapshot: borrowing Snapshot
    ) throws -> VersionID? {
        try snapshot.first(
            """
            SELECT bucket, version FROM s3_object WHERE bucket = ?1 AND key = ?2 AND content = ?3
            UNION ALL SELECT bucket, version FROM s3_version WHERE bucket = ?1 AND key = ?2 AND content = ?3
            """, .int(bucket.id), .blob(key), .int(content)
        ) { try version($0, at: 1) } ?? nil
    }

    /// What a listing shows under that key: the current version, unless that is a marker.
    static func find(_ key: [UInt8], in bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> StoredObject? {
        try snapshot.first(
            """
            SELECT bucket, key, etag, size, modified, algorithm, content, version, place FROM s3_object
            WHERE bucket = ? AND key = ?
            """, .int(bucket.id), .blob(key), make: StoredObject.init)
    }
}

extension ChecksumAlgorithm {
    init?(stored number: Int64) {
        guard let known = ChecksumAlgorithm.allCases.first(where: { $0.stored == number }) else { return nil }
        self = known
    }

    /// The number in the database; never to be changed.
    var stored: Int64 {
        switch self {
        case .crc32: 1
        case .crc32c: 2
        case .crc64nvme: 3
        case .sha1: 4
        case .sha256: 5
        }
    }
}
