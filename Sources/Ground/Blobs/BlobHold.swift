import World

extension BlobStore {
    /// From now on no file is removed, until nobody holds what is given any more: for a copy that is being made of all.
    public func hold() -> BlobHold {
        held.withLock { $0.holds += 1 }
        return BlobHold(self)
    }

    /// Removes the file, or notes that it is to be removed when nothing is held any more.
    func removeWhenFree(_ id: BlobID) throws(BlobError) {
        let isHeld = held.withLock { held in
            if held.holds > 0 { held.removed.append(id) }
            return held.holds > 0
        }
        if !isHeld { try folders.remove(id) }
    }

    fileprivate func release() {
        let removed = held.withLock { held in
            held.holds -= 1
            guard held.holds == 0 else { return [BlobID]() }
            defer { held.removed = [] }
            return held.removed
        }
        // What cannot be removed now is found at the next start.
        for id in removed { try? folders.remove(id) }
    }

    /// The file of a blob as it lies on the disk, encrypted. Nil where it is not there.
    public func file(of id: BlobID) -> (path: String, length: Int64)? {
        let path = folders.place(id)
        return (try? BlobFile(reading: path)?.length()).map { (path, $0) }
    }

    /// `blobs/ab/cdef…`, below the data folder.
    public static func name(of id: BlobID) -> String {
        "blobs/\(id.description.prefix(2))/\(id.description.dropFirst(2))"
    }

    struct Held {
        var holds = 0
        var removed: [BlobID] = []
    }
}

/// Keeps all files of a blob store while it lives.
public final class BlobHold: Sendable {
    private let store: BlobStore

    fileprivate init(_ store: BlobStore) { self.store = store }

    deinit { store.release() }
}
