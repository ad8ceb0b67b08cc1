import AWS
import Authentication
import Blobs
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
    /// The row of its content.
    let content: Int64

    /// Columns: bucket, key, etag, size, modified, algorithm, content.
    init(_ row: borrowing Row) throws {
        (bucket, key, etag, size) = (row.int(0), row.blob(1), row.blob(2), row.int(3))
        modified = Instant(milliseconds: row.int(4))
        let kind = row.int(5)
        guard let algorithm = ChecksumAlgorithm(stored: kind & ~StoredObject.compositeFlag) else {
            throw Damaged.object(row.int(6))
        }
        (self.algorithm, isComposite) = (algorithm, kind & StoredObject.compositeFlag != 0)
        content = row.int(6)
    }

    /// Added to the number of the algorithm; never to be changed.
    static let compositeFlag: Int64 = 16

    var checksumType: S3.ChecksumType { isComposite ? .composite : .fullObject }

    static func find(_ key: String, in bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> StoredObject? {
        try snapshot.first(
            "SELECT bucket, key, etag, size, modified, algorithm, content FROM s3_object WHERE bucket = ? AND key = ?",
            .int(bucket.id), .blob(Array(key.utf8)), make: StoredObject.init)
    }

    /// Removes the object and its content's row, with all traces of the content's key.
    /// - Returns: the content, whose files are to be removed after the commit.
    func delete(in transaction: inout Transaction) throws -> RemovedContent {
        try transaction.run("DELETE FROM s3_object WHERE bucket = ? AND key = ?", .int(bucket), .blob(key))
        return try RemovedContent.remove(content, in: &transaction)
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
