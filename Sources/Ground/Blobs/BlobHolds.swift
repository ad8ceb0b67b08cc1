import World

/// Groups of blobs that somebody reads, one after the other, and that must not go meanwhile.
///
/// A group is named by a blob's id that belongs to no other group. Readings that have begun go on when the group is deleted, as
/// they do with a single blob, whose open file stays.
final class BlobHolds: Sendable {
    private struct Group {
        var readers = 0
        /// What is to be removed when the last reader has gone.
        var outdated: [BlobID]?
    }

    private let groups = Lock<[BlobID: Group]>([:])
    private let folders: BlobFolders
    private let pool: BlockingPool

    init(_ folders: BlobFolders, _ pool: BlockingPool) { (self.folders, self.pool) = (folders, pool) }

    /// Nil for a group that is being deleted.
    func hold(_ name: BlobID) -> FileBlobHold? {
        let isThere = groups.withLock { groups in
            guard groups[name]?.outdated == nil else { return false }
            groups[name, default: Group()].readers += 1
            return true
        }
        return isThere ? FileBlobHold(self, name) : nil
    }

    /// Removes files of a group, now or when its last reader has gone. A group may go in several steps.
    func delete(_ blobs: [BlobID], of name: BlobID) async throws {
        let isHeld = groups.withLock { groups in
            groups[name, default: Group()].outdated = (groups[name]?.outdated ?? []) + blobs
            return groups[name, default: Group()].readers > 0
        }
        guard !isHeld else { return }
        defer { groups.withLock { _ = $0.removeValue(forKey: name) } }
        try await pool.run { [folders] in try BlobHolds.remove(blobs, folders) }
    }

    fileprivate func release(_ name: BlobID) {
        let outdated: [BlobID]? = groups.withLock { groups in
            groups[name]?.readers -= 1
            guard let group = groups[name], group.readers == 0 else { return nil }
            if group.outdated == nil { groups[name] = nil }
            return group.outdated
        }
        guard let outdated else { return }
        Task { [folders, pool] in
            // What stays is swept at the next start.
            _ = try? await pool.run { try BlobHolds.remove(outdated, folders) }
            groups.withLock { _ = $0.removeValue(forKey: name) }
        }
    }

    private static func remove(_ blobs: [BlobID], _ folders: BlobFolders) throws(BlobError) {
        for blob in blobs { try folders.remove(blob) }
    }
}

/// Keeps a group of files as long as it lives.
final class FileBlobHold: BlobHold {
    private let holds: BlobHolds
    private let name: BlobID

    init(_ holds: BlobHolds, _ name: BlobID) { (self.holds, self.name) = (holds, name) }

    deinit { holds.release(name) }
}
