import Blobs
import Storage

/// A content whose rows are gone and whose files are to follow.
struct RemovedContent: Sendable {
    /// The content, or what holds the name of one that is made of parts.
    let reference: BlobReference
    let parts: [BlobReference]

    init(_ reference: BlobReference) { (self.reference, parts) = (reference, []) }

    /// Removes the rows of a content, of its parts and its tags, with all traces of its key.
    static func remove(_ content: Int64, in transaction: inout Transaction) throws -> RemovedContent {
        let reference = try ObjectContent.reference(content, transaction.snapshot)
        let parts = try StoredPart.list(of: content, transaction.snapshot).map(\.reference)
        try transaction.run("DELETE FROM s3_content WHERE id = ?", .int(content))
        transaction.eraseTraces()
        return RemovedContent(reference: reference, parts: parts)
    }

    private init(reference: BlobReference, parts: [BlobReference]) {
        (self.reference, self.parts) = (reference, parts)
    }

    func removeFiles(from blobs: any BlobStore) async throws {
        guard parts.isEmpty else { return try await blobs.delete(parts, of: reference.id) }
        try await blobs.delete(reference)
    }
}
