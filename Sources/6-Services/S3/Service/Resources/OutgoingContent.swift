import Blobs
import Storage

/// Contents of many parts that were deleted and whose parts follow: no request holds the writer for as long as it takes to remove
/// ten thousand rows, and that a thousand times.
///
/// With the deletion all goes that leads to the content: the object or the upload, tags, metadata, and the data key of KMS or what
/// a customer's key is derived with, which makes what lies under them unreadable at once. Under S3's own keys each part has a key of
/// its own, which goes with the part's row: from the next second on, some thousand at a time.
enum OutgoingContent {
    /// A content of more parts is not removed in the transaction of a request.
    static let partsOfOne = 100
    /// Parts whose rows go in one transaction.
    static let partsAtOnce = 2000
    /// Uploads to a deleted bucket that end in one transaction.
    static let uploadsAtOnce = 100

    /// Takes a content from its object or its upload, whose rows are gone or go with it, and leaves its parts for later.
    static func add(_ content: Int64, in transaction: inout Transaction) throws {
        try transaction.run("INSERT INTO s3_outgoing (content) VALUES (?)", .int(content))
        try transaction.run("DELETE FROM s3_upload WHERE content = ?", .int(content))
        try transaction.run("DELETE FROM s3_object_tag WHERE content = ?", .int(content))
        try transaction.run("DELETE FROM s3_object_acl WHERE content = ?", .int(content))
        try transaction.run("DELETE FROM s3_lock WHERE content = ?", .int(content))
        try transaction.run("DELETE FROM s3_replication_task WHERE content = ?", .int(content))
        try transaction.run(
            """
            UPDATE s3_content SET checksum = x'', content_type = '', content_encoding = NULL, content_disposition = NULL,
                content_language = NULL, cache_control = NULL, expires = NULL, metadata = NULL, kms_key = NULL,
                data_key = NULL, context = NULL, bucket_key = NULL, salt = NULL, key_check = NULL, parts = NULL,
                replication = NULL, redirect = NULL
            WHERE id = ?
            """, .int(content))
        transaction.eraseTraces()
    }

    /// Leaves the uploads to a bucket that goes in this transaction for later. Nobody finds them: its id is never given again.
    static func addUploads(to bucket: Bucket, in transaction: inout Transaction) throws {
        try transaction.run("INSERT INTO s3_outgoing_bucket (bucket) VALUES (?)", .int(bucket.id))
    }

    /// Whether anything is left to be removed.
    static func isAny(_ snapshot: borrowing Snapshot) throws -> Bool {
        let hasContent = try snapshot.exists("SELECT 1 FROM s3_outgoing LIMIT 1")
        return try hasContent || snapshot.exists("SELECT 1 FROM s3_outgoing_bucket LIMIT 1")
    }

    /// Removes some of it, noting what files are to follow. - Parameter parts: how many go at most.
    static func removeSome(_ parts: Int, noting outdated: Outdated, in transaction: inout Transaction) throws {
        try endUploads(noting: outdated, in: &transaction)
        var left = parts - outdated.parts
        while left > 0,
            let content = try transaction.first("SELECT content FROM s3_outgoing LIMIT 1", make: { $0.int(0) })
        {
            left -= try removeParts(of: content, left, noting: outdated, in: &transaction)
        }
    }

    private static func endUploads(noting outdated: Outdated, in transaction: inout Transaction) throws {
        let bucket = try transaction.first("SELECT bucket FROM s3_outgoing_bucket LIMIT 1") { $0.int(0) }
        guard let bucket, try !Upload.abortSome(in: bucket, noting: outdated, &transaction) else { return }
        try transaction.run("DELETE FROM s3_outgoing_bucket WHERE bucket = ?", .int(bucket))
    }

    /// Removes the first parts of a content, and with the last one the content. What is damaged must not stay for that: its file
    /// is then swept at the next start.
    /// - Returns: how many, at least 1.
    private static func removeParts(
        of content: Int64, _ most: Int, noting outdated: Outdated, in transaction: inout Transaction
    ) throws -> Int {
        let group = try? ObjectContent.reference(content, transaction.snapshot)
        let parts = try transaction.rows(
            "SELECT number, reference FROM s3_part WHERE content = ? ORDER BY number LIMIT ?", .int(content),
            .number(most)
        ) { (number: $0.int(0), reference: try? BlobReference(decoding: $0.blob(1))) }
        if let last = parts.last {
            try transaction.run(
                "DELETE FROM s3_part WHERE content = ? AND number <= ?", .int(content), .int(last.number))
        }
        if parts.count < most { try transaction.run("DELETE FROM s3_content WHERE id = ?", .int(content)) }
        transaction.eraseTraces()
        let references = parts.compactMap(\.reference)
        if let group, !references.isEmpty {
            outdated.note(RemovedContent(reference: group, parts: references))
        } else {
            for reference in references { outdated.note(reference) }
        }
        return max(1, parts.count)
    }
}
