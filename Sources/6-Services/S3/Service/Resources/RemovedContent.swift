import Blobs
import Storage

/// A content whose rows are gone and whose files are to follow.
struct RemovedContent: Sendable {
    /// The content, or what holds the name of one that is made of parts.
    let reference: BlobReference
    let parts: [BlobReference]

    init(_ reference: BlobReference) { (self.reference, parts) = (reference, []) }

    /// Removes the rows of a content, of its parts and its tags, with all traces of its key, and notes its files. One of many
    /// parts, or one that comes after many, is outgoing from then on.
    static func remove(_ content: Int64, noting outdated: Outdated, in transaction: inout Transaction) throws {
        let reference = try ObjectContent.reference(content, transaction.snapshot)
        let most = max(0, min(OutgoingContent.partsOfOne, OutgoingContent.partsAtOnce - outdated.parts))
        let parts = try StoredPart.list(of: content, limit: most + 1, transaction.snapshot).map(\.reference)
        guard parts.count <= most else { return try OutgoingContent.add(content, in: &transaction) }
        try transaction.run("DELETE FROM s3_content WHERE id = ?", .int(content))
        transaction.eraseTraces()
        outdated.note(RemovedContent(reference: reference, parts: parts))
    }

    init(reference: BlobReference, parts: [BlobReference]) {
        (self.reference, self.parts) = (reference, parts)
    }

    func removeFiles(from blobs: any BlobStore) async throws {
        guard parts.isEmpty else { return try await blobs.delete(parts, of: reference.id) }
        try await blobs.delete(reference)
    }
}
