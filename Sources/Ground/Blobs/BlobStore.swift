/// Where the content of objects lies: what S3 asks of an engine. `BlobContract` of the tests says what each must hold.
///
/// A content is written whole, gets its reference when all of it lasts, is named by the row that keeps the reference, and never
/// changes. What no row names is removed by the engine itself (`FileBlobStore.sweep`). Every content is sealed: an engine keeps
/// nothing that could be read without the key of its cover.
public protocol BlobStore: Sendable {
    /// Begins a new blob. Costs nothing until more than a buffer of content has come.
    func writer(_ cover: BlobCover) -> any BlobWriter

    /// Opens a blob for reading `range` of its content.
    /// - Parameter range: within 0 and the reference's length.
    /// - Parameter cover: as the blob was written.
    /// - Throws: `.missing` or `.corrupt` where it is not there or has another length, `.invalidReference` under another key.
    func reader(_ reference: BlobReference, range: Range<Int64>, _ cover: BlobCover) async throws -> any BlobReader

    /// Removes a blob, after the commit that removed its last reference. Absence is no error.
    func delete(_ reference: BlobReference) async throws

    /// Removes blobs that were one content, after the commit that removed it: those who `hold` it finish first.
    /// - Parameter group: the id by which it is held.
    func delete(_ references: [BlobReference], of group: BlobID) async throws

    /// Keeps the blobs of one content until the hold is dropped. Nil where they are being deleted.
    func hold(_ group: BlobID) -> (any BlobHold)?

    /// The same blob under another cover: its data key, or a content that has no file, is opened and sealed anew; its frames are
    /// not. Whoever reads the blob by the former reference still can, as long as there is one.
    /// - Parameter cover: as the blob lies now.
    /// - Throws: `.invalidReference` where it does not, or where the covers have not the same number of layers, as each frame
    ///   was sealed once for each.
    func moved(_ reference: BlobReference, from cover: BlobCover, to new: BlobCover) throws(BlobError) -> BlobReference

    /// Reads a blob as it lies, without its key, and compares it with the check of its reference.
    /// - Parameter pause: called after each piece with its bytes.
    /// - Returns: false where the reference has no check: then it was only looked whether the blob is there and has its length.
    /// - Throws: `.missing`, `.corrupt` for another length, `.changed`.
    func inspect(_ reference: BlobReference, pause: (Int) async throws -> Void) async throws -> Bool

    /// Runs work on content, such as a digest of it, where no event loop waits for it.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result
}

/// Takes the content of one new blob, piece by piece.
///
/// One caller at a time, which awaits each call: `append` any number of times, then `finish` or `abandon`. A writer that
/// is dropped is abandoned. Memory stays at one buffer however long the content is.
public protocol BlobWriter: Sendable {
    /// - Throws: `.full`; `.ended` after an end, or a failure.
    func append(_ chunk: [UInt8]) async throws
    /// Seals what is left, makes the blob last and gives the reference to it. The writer has ended then.
    func finish() async throws -> BlobReference
    /// Gives the blob up and removes what was written.
    func abandon() async
}

/// Gives the content of a blob, or a range of it, in pieces. Every piece has been verified.
///
/// The first piece is read when the reader is made, so that most faults show before an answer has begun.
/// One caller at a time, which awaits each call. Deleting the blob meanwhile does not disturb an open reader.
public protocol BlobReader: Sendable {
    /// The next piece, never empty; nil at the end.
    /// - Throws: `BlobError.corrupt`, naming the blob and the frame.
    func next() async throws -> [UInt8]?
}

/// Keeps a group of blobs as long as it lives.
public protocol BlobHold: AnyObject, Sendable {}

extension BlobStore {
    /// A blob under the store's key.
    public func writer() -> any BlobWriter { writer(.store) }

    /// Opens a blob for reading all of its content.
    public func reader(_ reference: BlobReference, _ cover: BlobCover = .store) async throws -> any BlobReader {
        try await reader(reference, range: 0..<reference.length, cover)
    }

    /// Reads the whole content, which lies under the store's key, and keeps nothing of it.
    /// - Parameter pause: called after each piece with its bytes.
    public func verify(_ reference: BlobReference, pause: (Int) async throws -> Void = { _ in }) async throws {
        let reader = try await reader(reference)
        while let piece = try await reader.next() { try await pause(piece.count) }
    }
}
