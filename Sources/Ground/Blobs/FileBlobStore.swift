public import Crypto
public import World

/// The content of objects: encrypted files beside the database, written first and named by it afterwards.
///
/// A PUT writes to a staged file, syncs it, names it and syncs the folder; then the row with its `BlobReference` commits.
/// A blob no row refers to, because that commit never came, is removed by `sweep`. All file work runs on `pool`.
public final class FileBlobStore: BlobStore {
    let folders: BlobFolders
    let sealer: BlobSealer
    let pool: BlockingPool
    let options: BlobOptions
    let traffic: BlobTraffic
    private let holds: BlobHolds

    /// - Parameter folder: the data folder, locked by the caller; staged files of an earlier process are removed.
    /// - Parameter key: 32 bytes, the vault's for blobs.
    public init(
        folder: String, key: borrowing SecretBytes, pool: BlockingPool, options: BlobOptions = BlobOptions()
    ) throws {
        folders = try BlobFolders(folder, synchronizes: options.synchronizes)
        sealer = BlobSealer(key: key)
        (self.pool, self.options) = (pool, options)
        traffic = BlobTraffic(most: options.framesAtOnce)
        holds = BlobHolds(folders, pool)
    }

    /// Seals frames as they come into a file below `tmp/`.
    public func writer(_ cover: BlobCover) -> any BlobWriter { FileBlobWriter(self, cover.sealers(sealer)) }

    /// Opens the file, where there is one, and reads the first piece.
    public func reader(
        _ reference: BlobReference, range: Range<Int64>, _ cover: BlobCover = .store
    ) async throws -> any BlobReader {
        precondition(range.lowerBound >= 0 && range.upperBound <= reference.length, "the range lies outside the blob")
        return try await FileBlobReader(self, reference, range, cover.sealers(sealer))
    }

    /// Removes the file.
    public func delete(_ reference: BlobReference) async throws {
        guard !reference.isInline else { return }
        try await pool.run { [folders] in try folders.remove(reference.id) }
    }

    /// Removes the files.
    public func delete(_ references: [BlobReference], of group: BlobID) async throws {
        try await holds.delete(references.filter { !$0.isInline }.map(\.id), of: group)
    }

    /// Keeps the files.
    public func hold(_ group: BlobID) -> (any BlobHold)? { holds.hold(group) }

    /// Only the reference changes.
    public func moved(
        _ reference: BlobReference, from cover: BlobCover, to new: BlobCover
    ) throws(BlobError) -> BlobReference {
        try reference.moved(from: cover.sealers(sealer), to: new.sealers(sealer))
    }

    /// On `pool`.
    public func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await pool.run(work)
    }

    /// Removes blobs that were there when this process began and are not live: what a crash left between a blob's
    /// finish and its commit, or between a deletion's commit and its end. Returns how many.
    ///
    /// Blobs of this process are never touched, so it may run beside requests.
    public func sweep(keeping isLive: @escaping @Sendable (BlobID) throws -> Bool) async throws -> Int {
        try await pool.run { [folders] in
            var removed = 0
            try folders.forEachOlder { id in
                guard try !isLive(id) else { return }
                try folders.remove(id)
                removed += 1
            }
            return removed
        }
    }

    /// Removes all blobs. For test servers, with the store's reset.
    public func removeAll() async throws { try await pool.run { [folders] in try folders.removeAll() } }
}
