import Authentication
import Blobs
import S3API
import Storage
import World

/// What only a GET or a HEAD shows of an object: its content, its checksum and the header sent with it.
struct ObjectContent: Sendable {
    let reference: BlobReference
    let checksum: [UInt8]
    let header: ObjectHeader

    static func find(_ id: Int64, _ snapshot: borrowing Snapshot) throws -> ObjectContent {
        let found = try snapshot.first(
            """
            SELECT reference, checksum, content_type, content_encoding, content_disposition, content_language,
                cache_control, expires, metadata
            FROM s3_content WHERE id = ?
            """, .int(id), make: ObjectContent.init)
        guard let found else { throw Damaged.object(id) }
        return found
    }

    private init(_ row: borrowing Row) throws {
        reference = try BlobReference(decoding: row.blob(0))
        checksum = row.blob(1)
        header = ObjectHeader(
            contentType: row.text(2), contentEncoding: row.textOrNull(3), contentDisposition: row.textOrNull(4),
            contentLanguage: row.textOrNull(5), cacheControl: row.textOrNull(6), expires: row.textOrNull(7),
            metadata: try ObjectHeader.decoded(row.textOrNull(8)))
    }

    static func reference(_ id: Int64, _ snapshot: borrowing Snapshot) throws -> BlobReference {
        let found = try snapshot.first("SELECT reference FROM s3_content WHERE id = ?", .int(id)) { row in
            try BlobReference(decoding: row.blob(0))
        }
        guard let found else { throw Damaged.object(id) }
        return found
    }

    /// Writes the content and the object that has it, in the place of the one there was.
    static func insert(
        _ new: StagedObject, key: String, in bucket: Bucket, modified: Instant, tags: [S3.Tag],
        _ transaction: inout Transaction
    ) throws {
        let header = new.header
        try transaction.run(
            """
            INSERT INTO s3_content (
                blob, reference, checksum, content_type, content_encoding, content_disposition, content_language,
                cache_control, expires, metadata
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .blobOrNull(new.reference.isInline ? nil : new.reference.id.bytes), .blob(new.reference.encoded),
            .blob(new.checksum), .text(header.contentType), .textOrNull(header.contentEncoding),
            .textOrNull(header.contentDisposition), .textOrNull(header.contentLanguage),
            .textOrNull(header.cacheControl),
            .textOrNull(header.expires), .textOrNull(ObjectHeader.encoded(header.metadata)))
        let content = transaction.lastInsertedRow
        try ObjectTags.add(tags, to: content, in: &transaction)
        try transaction.run(
            """
            INSERT INTO s3_object (bucket, key, etag, size, modified, algorithm, content) VALUES (?, ?, ?, ?, ?, ?, ?)
            """, .int(bucket.id), .blob(Array(key.utf8)), .blob(new.md5), .int(new.reference.length),
            .int(modified.seconds * 1000), .int(new.algorithm.stored), .int(content))
    }
}
