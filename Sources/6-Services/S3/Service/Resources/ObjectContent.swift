import Blobs
import S3API
import Storage

/// What only a GET or a HEAD shows of an object: its content, its checksum and the header sent with it.
struct ObjectContent: Sendable {
    let reference: BlobReference
    /// Sealed, unless S3's own keys protect the content.
    let checksum: [UInt8]
    let header: ObjectHeader
    let protection: ObjectProtection

    static func find(_ id: Int64, _ snapshot: borrowing Snapshot) throws -> ObjectContent {
        let found = try snapshot.first(
            """
            SELECT reference, checksum, content_type, content_encoding, content_disposition, content_language,
                cache_control, expires, metadata, encryption, kms_key, data_key, context, bucket_key, salt, key_check
            FROM s3_content WHERE id = ?
            """, .int(id)
        ) { try ObjectContent($0, id) }
        guard let found else { throw Damaged.object(id) }
        return found
    }

    private init(_ row: borrowing Row, _ id: Int64) throws {
        reference = try BlobReference(decoding: row.blob(0))
        checksum = row.blob(1)
        header = ObjectHeader(
            contentType: row.text(2), contentEncoding: row.textOrNull(3), contentDisposition: row.textOrNull(4),
            contentLanguage: row.textOrNull(5), cacheControl: row.textOrNull(6), expires: row.textOrNull(7),
            metadata: try TextMap.decoded(row.textOrNull(8)))
        protection = try ObjectProtection(row, at: 9, of: id)
    }

    /// Removes the row with all traces of the content's key.
    /// - Returns: the content, whose file is to be removed after the commit.
    static func remove(_ id: Int64, in transaction: inout Transaction) throws -> BlobReference {
        let found = try transaction.first("SELECT reference FROM s3_content WHERE id = ?", .int(id)) { row in
            try BlobReference(decoding: row.blob(0))
        }
        guard let found else { throw Damaged.object(id) }
        try transaction.run("DELETE FROM s3_content WHERE id = ?", .int(id))
        transaction.eraseTraces()
        return found
    }

    /// - Returns: the row, which a version is now to have: see `VersionStack.push`.
    static func insert(_ new: StagedObject, tags: [S3.Tag], _ transaction: inout Transaction) throws -> Int64 {
        let (header, kms, customer) = (new.header, new.protection.kms, new.protection.customer)
        try transaction.run(
            """
            INSERT INTO s3_content (
                blob, reference, checksum, content_type, content_encoding, content_disposition, content_language,
                cache_control, expires, metadata, encryption, kms_key, data_key, context, bucket_key, salt, key_check
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .blobOrNull(new.reference.isInline ? nil : new.reference.id.bytes), .blob(new.reference.encoded),
            .blob(new.keptChecksum), .text(header.contentType), .textOrNull(header.contentEncoding),
            .textOrNull(header.contentDisposition), .textOrNull(header.contentLanguage),
            .textOrNull(header.cacheControl),
            .textOrNull(header.expires), .textOrNull(TextMap.encoded(header.metadata)), new.protection.number,
            .textOrNull(kms?.key), .blobOrNull(kms?.dataKey), .textOrNull(TextMap.encoded(kms?.context.pairs ?? [:])),
            .intOrNull(kms.map { $0.usesBucketKey ? 1 : 0 }), .blobOrNull(customer?.salt), .blobOrNull(customer?.check))
        let content = transaction.lastInsertedRow
        try ObjectTags.add(tags, to: content, in: &transaction)
        return content
    }
}
