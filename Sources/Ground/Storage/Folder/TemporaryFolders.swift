import CSystem

/// Folders for servers that keep nothing: where they lie, and what killed servers left of theirs.
enum TemporaryFolders {
    private static let prefix = "gatehouse-"
    /// `/dev/shm` is 64 MB in many containers; below this much free space `/tmp` is taken.
    private static let enoughBytes: UInt64 = 512 << 20

    static func parent() -> String {
        var status = statvfs()
        guard statvfs("/dev/shm", &status) == 0, access("/dev/shm", W_OK) == 0 else { return "/tmp" }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize) >= enoughBytes ? "/dev/shm" : "/tmp"
    }

    /// A new folder, mode 0700, with a name nobody else has, and its lock.
    ///
    /// It gets its name when the lock is held: until then whoever removes leftovers does not see it.
    static func make(in parent: String) throws -> (path: String, lock: FolderLock) {
        var template = Array("\(parent)/.\(prefix)\(getuid())-XXXXXX".utf8CString)
        let isMade = mkdtemp(&template) != nil
        guard isMade else { throw StorageError.system(operation: "mkdtemp", path: parent, errno: gh_errno()) }
        let hidden = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do {
            let lock = try FolderLock(hidden)
            let path = "\(parent)/\(hidden.dropFirst(parent.utf8.count + 2))"
            guard rename(hidden, path) == 0 else {
                throw StorageError.system(operation: "rename", path: path, errno: gh_errno())
            }
            return (path, lock)
        } catch {
            FileTree.remove(hidden)
            throw error
        }
    }

    /// Removes folders of ours whose lock nobody holds.
    static func removeLeftovers(in parent: String) {
        for name in FileTree.names(in: parent) where name.hasPrefix("\(prefix)\(getuid())-") {
            let path = "\(parent)/\(name)"
            let lock = gh_open(path + "/lock", O_RDWR, 0)
            guard lock >= 0 else { continue }
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { FileTree.remove(path) }
            _ = close(lock)
        }
    }
}
