import Blobs
import Storage

/// What the rows of a content will hold once it lies under another key.
struct MovedContent: Sendable {
    private let content: Int64
    /// As it was looked at: what changed since is not overwritten.
    private let former: (reference: BlobReference, dataKey: [UInt8]?)
    private let protection: ObjectProtection
    private let reference: BlobReference
    private let checksum: [UInt8]
    /// Those whose rows change.
    private let parts: [StoredPart]

    /// A content whose data key KMS has moved: the blobs, and what is kept beside them, lie under it as before.
    init(of object: StoredObject, _ content: ObjectContent, under protection: ObjectProtection) {
        self.content = object.content
        former = (content.reference, content.protection.kms?.dataKey)
        (self.protection, reference, checksum, parts) = (protection, content.reference, content.checksum, [])
    }

    /// A content that lay under S3's own keys. - Parameter parts: all of them.
    init(
        of object: StoredObject, _ content: ObjectContent, _ parts: [StoredPart], to open: OpenProtection,
        in blobs: any BlobStore
    ) throws {
        let from = OpenProtection(.s3, key: nil)
        func moved(_ checksum: [UInt8], beside blob: BlobReference) throws -> [UInt8] {
            checksum.isEmpty ? [] : open.seal(try from.open(checksum, beside: blob.id), beside: blob.id)
        }
        self.content = object.content
        former = (content.reference, nil)
        protection = open.protection
        reference = try blobs.moved(content.reference, from: from.cover, to: open.cover)
        checksum = try moved(content.checksum, beside: content.reference)
        self.parts = try parts.map { part in
            StoredPart(
                number: part.number,
                reference: try blobs.moved(part.reference, from: from.cover, to: open.cover), etag: part.etag,
                checksum: try moved(part.checksum, beside: part.reference),
                sent: try part.sent.map { ($0.algorithm, try moved($0.checksum, beside: part.reference)) },
                modified: part.modified)
        }
    }

    /// Whether the object still has that content, under the key it was moved from.
    func isOf(_ object: StoredObject, _ content: ObjectContent) -> Bool {
        object.content == self.content && content.reference == former.reference
            && content.protection.kms?.dataKey == former.dataKey
    }

    /// Writes the rows. Nothing of the former keys stays to be found.
    func put(in transaction: inout Transaction) throws {
        guard let kms = protection.kms else { throw Damaged.object(content) }
        try transaction.run(
            """
            UPDATE s3_content SET reference = ?, checksum = ?, encryption = ?, kms_key = ?, data_key = ?, context = ?,
                bucket_key = ? WHERE id = ?
            """, .blob(reference.encoded), .blob(checksum), protection.number, .text(kms.key), .blob(kms.dataKey),
            .textOrNull(TextMap.encoded(kms.context.pairs)), .int(kms.usesBucketKey ? 1 : 0), .int(content))
        for part in parts { _ = try part.put(in: content, &transaction) }
        transaction.eraseTraces()
    }
}
