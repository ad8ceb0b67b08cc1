import AWS
import Authentication
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
        guard let algorithm = ChecksumAlgorithm(stored: row.int(5)) else { throw Damaged.object(row.int(6)) }
        (self.algorithm, content) = (algorithm, row.int(6))
        (version, place) = (try StoredObject.version(row, at: 7), row.int(8))
    }

    static func version(_ row: borrowing Row, at column: Int) throws -> VersionID? {
        guard let bytes = row.blobOrNull(column) else { return nil }
        guard let version = VersionID(bytes: bytes) else { throw Damaged.version(row.int(0)) }
        return version
    }

    static func find(_ key: String, in bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> StoredObject? {
        try find(Array(key.utf8), in: bucket, snapshot)
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
