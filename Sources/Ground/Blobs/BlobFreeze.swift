import World

extension FileBlobStore {
    /// From now on no file is removed, until nobody holds what is given any more: for a copy that is being made of all.
    public func freeze() -> BlobFreeze {
        folders.freeze()
        return BlobFreeze(folders)
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
}

/// Keeps all files of a blob store while it lives.
public final class BlobFreeze: Sendable {
    private let folders: BlobFolders

    fileprivate init(_ folders: BlobFolders) { self.folders = folders }

    deinit { folders.thaw() }
}
