import Authentication
import Blobs
import S3API
import Storage
import World

/// A part of a content: of an upload that goes on, or of the object that it became.
struct StoredPart: Sendable {
    let number: Int
    let reference: BlobReference
    /// As entity tags of objects: the MD5, or random bytes.
    let etag: [UInt8]
    /// Of the upload's kind. Sealed, unless S3's own keys protect the content.
    let checksum: [UInt8]
    /// The kind of the checksum that the client sent, where it is another one, and its value, sealed likewise.
    let sent: (algorithm: ChecksumAlgorithm, checksum: [UInt8])?
    /// Whole seconds.
    let modified: Instant

    var size: Int64 { reference.length }

    init(
        number: Int, reference: BlobReference, etag: [UInt8], checksum: [UInt8],
        sent: (algorithm: ChecksumAlgorithm, checksum: [UInt8])?, modified: Instant
    ) {
        (self.number, self.reference, self.etag, self.checksum) = (number, reference, etag, checksum)
        (self.sent, self.modified) = (sent, modified)
    }

    /// Columns: number, reference, etag, checksum, sent_algorithm, sent_checksum, modified.
    private init(_ row: borrowing Row) throws {
        number = Int(row.int(0))
        reference = try BlobReference(decoding: row.blob(1))
        (etag, checksum) = (row.blob(2), row.blob(3))
        sent = row.intOrNull(4).flatMap { ChecksumAlgorithm(stored: $0) }.map { [bytes = row.blob(5)] in ($0, bytes) }
        modified = Instant(seconds: row.int(6))
    }

    /// The parts from number `first` to number `last`, in their order, at most `limit`.
    static func list(
        of content: Int64, from first: Int = 0, to last: Int = .max, limit: Int = .max, _ snapshot: borrowing Snapshot
    ) throws -> [StoredPart] {
        try snapshot.rows(
            """
            SELECT number, reference, etag, checksum, sent_algorithm, sent_checksum, modified FROM s3_part
            WHERE content = ? AND number BETWEEN ? AND ? ORDER BY number LIMIT ?
            """, .int(content), .number(first), .number(last), .number(limit), each: StoredPart.init)
    }

    /// The part of that number.
    static func find(_ number: Int, of content: Int64, _ snapshot: borrowing Snapshot) throws -> StoredPart? {
        try list(of: content, from: number, to: number, snapshot).first
    }

    /// Adds it, in the place of the part that had its number.
    /// - Returns: the content of that one.
    func put(in content: Int64, _ transaction: inout Transaction) throws -> BlobReference? {
        let replaced = try StoredPart.find(number, of: content, transaction.snapshot)
        if replaced != nil { transaction.eraseTraces() }
        try transaction.run(
            """
            INSERT OR REPLACE INTO s3_part
                (content, number, blob, reference, etag, checksum, sent_algorithm, sent_checksum, modified)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .int(content), .number(number), .blobOrNull(reference.isInline ? nil : reference.id.bytes),
            .blob(reference.encoded), .blob(etag), .blob(checksum), .intOrNull(sent?.algorithm.stored),
            .blobOrNull(sent?.checksum), .int(modified.seconds))
        return replaced?.reference
    }

    func delete(of content: Int64, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_part WHERE content = ? AND number = ?", .int(content), .number(number))
        transaction.eraseTraces()
    }
}
