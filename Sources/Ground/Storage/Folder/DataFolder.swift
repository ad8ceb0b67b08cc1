import CSystem

/// The folder that holds everything the server keeps: database, blobs, sealed root key. One server at a time.
///
/// Made with mode 0700. `FORMAT` names the layout, `lock` is held (flock) while the folder is open and names the holder.
public final class DataFolder: Sendable {
    /// Without a trailing slash.
    public let path: String
    /// Its content ends with the process: made in memory, removed by `close`.
    public let isTemporary: Bool
    private let lock: FolderLock

    /// The layout this program writes. A higher one on disk is refused.
    public static let format = 1

    /// Opens, or makes, the folder at `path`.
    /// - Throws: `StorageError.inUse`; `.folder` where it is readable by others, or of a newer format.
    public static func open(_ path: String) throws -> DataFolder {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        if mkdir(path, 0o700) != 0, gh_errno() != EEXIST {
            throw StorageError.system(operation: "mkdir", path: path, errno: gh_errno())
        }
        try checkPrivate(path)
        let folder = DataFolder(path, isTemporary: false, try FolderLock(path))
        try FormatStamp.check(in: folder)
        return folder
    }

    /// Whether a folder is one of Gatehouse's, of whatever format, or may be: one that cannot be looked into is not told from
    /// another, and `open` says why. Changes nothing.
    public static func isOne(_ path: String) -> Bool { FormatStamp.isIn(path) }

    /// A new folder in memory (`/dev/shm`), or in `/tmp` where that is small or absent. Leftovers of servers that were
    /// killed are removed.
    public static func temporary() throws -> DataFolder {
        let parent = TemporaryFolders.parent()
        TemporaryFolders.removeLeftovers(in: parent)
        let (path, lock) = try TemporaryFolders.make(in: parent)
        let folder = DataFolder(path, isTemporary: true, lock)
        try FormatStamp.check(in: folder)
        return folder
    }

    private init(_ path: String, isTemporary: Bool, _ lock: FolderLock) {
        (self.path, self.isTemporary, self.lock) = (path, isTemporary, lock)
    }

    deinit { close() }

    /// Gives the folder free, and removes it if it is temporary. May be called twice.
    public func close() {
        if isTemporary { FileTree.remove(path) }
        lock.release()
    }

    /// Removes one file of the folder; absence is no error.
    func remove(_ name: String) throws {
        if unlink(path + "/" + name) != 0, gh_errno() != ENOENT {
            throw StorageError.system(operation: "unlink", path: path + "/" + name, errno: gh_errno())
        }
    }

    /// Keys and content lie here: nobody else may look, and nobody else may own it.
    private static func checkPrivate(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw StorageError.system(operation: "stat", path: path, errno: gh_errno())
        }
        guard status.st_mode & 0o170000 == 0o040000 else { throw StorageError.folder("\(path) is not a folder.") }
        guard status.st_uid == geteuid() else {
            throw StorageError.folder("The data folder \(path) belongs to another user (\(status.st_uid)).")
        }
        // A folder somebody made for us, with nothing in it yet, is closed here; one that holds data is not touched.
        if status.st_mode & 0o077 != 0, FileTree.names(in: path).isEmpty, chmod(path, 0o700) == 0 { return }
        guard status.st_mode & 0o077 == 0 else {
            guard FormatStamp.isIn(path) else {
                throw StorageError.folder(
                    "\(path) is no data folder of Gatehouse, and others can get at what is in it. Name a folder of its own: --data DIR"
                )
            }
            throw StorageError.folder("The data folder \(path) is open to others. Close it: chmod 700 \(path)")
        }
    }
}
