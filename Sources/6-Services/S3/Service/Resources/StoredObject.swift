import AWS
import Authentication
import Blobs
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

    /// Columns: bucket, key, etag, size, modified, algorithm, content.
    init(_ row: borrowing Row) throws {
        (bucket, key, etag, size) = (row.int(0), row.blob(1), row.blob(2), row.int(3))
        modified = Instant(milliseconds: row.int(4))
        guard let algorithm = ChecksumAlgorithm(stored: row.int(5)) else { throw Damaged.object(row.int(6)) }
        (self.algorithm, content) = (algorithm, row.int(6))
    }

    static func find(_ key: String, in bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> StoredObject? {
        try snapshot.first(
            "SELECT bucket, key, etag, size, modified, algorithm, content FROM s3_object WHERE bucket = ? AND key = ?",
            .int(bucket.id), .blob(Array(key.utf8)), make: StoredObject.init)
    }

    /// Removes the object and its content's row, with all traces of the content's key.
    /// - Returns: the content, whose file is to be removed after the commit.
    func delete(in transaction: inout Transaction) throws -> BlobReference {
        let reference = try ObjectContent.reference(content, transaction.snapshot)
        try transaction.run("DELETE FROM s3_object WHERE bucket = ? AND key = ?", .int(bucket), .blob(key))
        try transaction.run("DELETE FROM s3_content WHERE id = ?", .int(content))
        transaction.eraseTraces()
        return reference
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
