import World

extension BlobStore {
    /// Looks whether the file is there and as long as it was written: all that can be seen without its key. A content that
    /// lies in its reference has none.
    public func look(at reference: BlobReference) async throws {
        guard case .file(let frame, let key) = reference.place else { return }
        let framing = Framing(id: reference.id, frame: frame, layers: key.count / BlobSealer.sealedKeyByteCount)
        _ = try await pool.run { [folders] in
            try BlobReader.open(folders.place(reference.id), reference, framing)
        }
    }

    /// Reads the whole content, which lies under the store's key, and keeps nothing of it.
    /// - Parameter pause: called after each piece with its bytes.
    public func verify(_ reference: BlobReference, pause: (Int) async throws -> Void = { _ in }) async throws {
        let reader = try await reader(reference)
        while let piece = try await reader.next() { try await pause(piece.count) }
    }
}
