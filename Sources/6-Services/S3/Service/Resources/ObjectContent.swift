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
    /// Nil where the content lies in one piece. Else `reference` holds no content and gives a name to all of it.
    let layout: ContentLayout?
    /// Nil where it has no part in any.
    let replication: ReplicationStatus?

    static func find(_ id: Int64, _ snapshot: borrowing Snapshot) throws -> ObjectContent {
        let found = try snapshot.first(
            """
            SELECT reference, checksum, content_type, content_encoding, content_disposition, content_language,
                cache_control, expires, metadata, encryption, kms_key, data_key, context, bucket_key, salt, key_check,
                parts, replication, redirect
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
            metadata: try TextMap.decoded(row.textOrNull(8)), redirect: row.textOrNull(18))
        protection = try ObjectProtection(row, at: 9, of: id)
        layout = row.blobOrNull(16).flatMap { ContentLayout(decoding: $0) }
        replication = row.intOrNull(17).flatMap { ReplicationStatus(rawValue: $0) }
    }

    static func reference(_ id: Int64, _ snapshot: borrowing Snapshot) throws -> BlobReference {
        let found = try snapshot.first("SELECT reference FROM s3_content WHERE id = ?", .int(id)) { row in
            try BlobReference(decoding: row.blob(0))
        }
        guard let found else { throw Damaged.object(id) }
        return found
    }

    /// Writes the row of a content, with its tags.
    /// - Parameter checksum: as it is stored.
    /// - Returns: the row.
    static func insert(
        _ reference: BlobReference, checksum: [UInt8], header: ObjectHeader, protection: ObjectProtection,
        tags: [S3.Tag], _ transaction: inout Transaction
    ) throws -> Int64 {
        let (kms, customer) = (protection.kms, protection.customer)
        try transaction.run(
            """
            INSERT INTO s3_content (
                blob, reference, checksum, content_type, content_encoding, content_disposition, content_language,
                cache_control, expires, metadata, encryption, kms_key, data_key, context, bucket_key, salt, key_check,
                redirect
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .blobOrNull(reference.isInline ? nil : reference.id.bytes), .blob(reference.encoded),
            .blob(checksum), .text(header.contentType), .textOrNull(header.contentEncoding),
            .textOrNull(header.contentDisposition), .textOrNull(header.contentLanguage),
            .textOrNull(header.cacheControl),
            .textOrNull(header.expires), .textOrNull(TextMap.encoded(header.metadata)), protection.number,
            .textOrNull(kms?.key), .blobOrNull(kms?.dataKey), .textOrNull(TextMap.encoded(kms?.context.pairs ?? [:])),
            .intOrNull(kms.map { $0.usesBucketKey ? 1 : 0 }), .blobOrNull(customer?.salt), .blobOrNull(customer?.check),
            .textOrNull(header.redirect))
        let content = transaction.lastInsertedRow
        try ObjectTags.add(tags, to: content, in: &transaction)
        return content
    }

    /// Makes a content of the parts that were uploaded for it. - Parameter checksum: as it is stored.
    static func compose(
        _ content: Int64, of layout: ContentLayout, checksum: [UInt8], _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            "UPDATE s3_content SET parts = ?, checksum = ? WHERE id = ?", .blob(layout.encoded), .blob(checksum),
            .int(content))
    }
}
