public import Blobs
public import Observers
public import Storage
public import World

/// Removes what is left of contents that were deleted: some thousand parts in a transaction, so that requests come in between.
/// What a crash cuts short goes on after it; files whose rows are gone are swept at the next start.
public struct ContentRemoval: Chore {
    public let name = "S3 removals"
    private let store: Store
    private let blobs: any BlobStore
    private let log: Log
    private let parts: Int

    /// Of contents in that store.
    public init(_ store: Store, _ blobs: any BlobStore, _ log: Log) {
        self.init(store, blobs, log, parts: OutgoingContent.partsAtOnce)
    }

    /// - Parameter parts: how many go in one transaction at most.
    init(_ store: Store, _ blobs: any BlobStore, _ log: Log, parts: Int) {
        (self.store, self.blobs, self.log, self.parts) = (store, blobs, log, parts)
    }

    /// One transaction's worth, and the files of it.
    public func tend(_ now: Instant) async throws -> Bool {
        guard try store.read({ try OutgoingContent.isAny($0) }) else { return false }
        let outdated = Outdated()
        try await store.write(.synced, isReclaiming: true) { [parts] transaction in
            outdated.reset()
            try OutgoingContent.removeSome(parts, noting: outdated, in: &transaction)
        }
        await outdated.remove(from: blobs, log)
        return true
    }
}
