import CSystem
import World

/// Where blobs lie below the data folder: `tmp/` while they are written, then `blobs/ab/cdef…`.
final class BlobFolders: Sendable {
    private let root: String
    /// Off where the folder is in memory.
    private let synchronizes: Bool
    private let made = Lock<Set<String>>([])
    private let frozen = Lock<(count: Int, removed: [BlobID])>((0, []))
    /// When this process began to use the folder, by the file system's clock: nanoseconds since 1970.
    private let opened: Int64
    /// What this process has placed, until old blobs have been looked for: a clock that is set back makes new ones look old.
    private let placed = Lock<Set<BlobID>?>([])

    init(_ root: String, synchronizes: Bool) throws(BlobError) {
        (self.root, self.synchronizes) = (root, synchronizes)
        for folder in [root + "/tmp", root + "/blobs"] { try BlobFolders.make(folder) }
        for name in BlobFolders.names(in: root + "/tmp") { unlink(root + "/tmp/" + name) }
        opened = try BlobFolders.stamp(root + "/tmp/opened")
    }

    func staged(_ id: BlobID) -> String { "\(root)/tmp/\(id)" }

    func place(_ id: BlobID) -> String { "\(folder(id))/\(id.description.dropFirst(2))" }

    private func folder(_ id: BlobID) -> String { "\(root)/blobs/\(id.description.prefix(2))" }

    /// Gives a staged file its name for good.
    func place(staged id: BlobID) throws(BlobError) {
        try makeOnce(folder(id))
        placed.withLock { _ = $0?.insert(id) }
        guard rename(staged(id), place(id)) == 0 else { throw BlobFile.failure("rename", staged(id)) }
    }

    /// Makes the name of a blob last.
    func sync(_ id: BlobID) throws(BlobError) { try sync(folder(id)) }

    /// Removes a blob, now or when nothing is frozen any more; absence is no error.
    func remove(_ id: BlobID) throws(BlobError) {
        let waits = frozen.withLock { frozen in
            if frozen.count > 0 { frozen.removed.append(id) }
            return frozen.count > 0
        }
        if !waits { try removeNow(id) }
    }

    func freeze() { frozen.withLock { $0.count += 1 } }

    func thaw() {
        let removed = frozen.withLock { frozen in
            frozen.count -= 1
            guard frozen.count == 0 else { return [BlobID]() }
            defer { frozen.removed = [] }
            return frozen.removed
        }
        // What cannot be removed now is found at the next start.
        for id in removed { try? removeNow(id) }
    }

    private func removeNow(_ id: BlobID) throws(BlobError) {
        if unlink(place(id)) != 0, gh_errno() != ENOENT { throw BlobFile.failure("unlink", place(id)) }
    }

    /// Calls `body` with every blob that was there before this process began. Once in the life of a process.
    func forEachOlder(_ body: (BlobID) throws -> Void) rethrows {
        defer { placed.withLock { $0 = nil } }
        for prefix in BlobFolders.names(in: root + "/blobs") {
            for rest in BlobFolders.names(in: "\(root)/blobs/\(prefix)") {
                guard let id = BlobID(hexadecimal: prefix + rest), isOlder(place(id)),
                    placed.withLock({ $0?.contains(id) == false })
                else { continue }
                try body(id)
            }
        }
    }

    /// Removes every blob. For test servers.
    func removeAll() throws(BlobError) {
        for prefix in BlobFolders.names(in: root + "/blobs") {
            for rest in BlobFolders.names(in: "\(root)/blobs/\(prefix)") { unlink("\(root)/blobs/\(prefix)/\(rest)") }
        }
    }

    private func isOlder(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return BlobFolders.nanoseconds(status.st_mtim) < opened
    }

    private func makeOnce(_ folder: String) throws(BlobError) {
        guard !made.withLock({ $0.contains(folder) }) else { return }
        try BlobFolders.make(folder)
        try sync(root + "/blobs")
        made.withLock { _ = $0.insert(folder) }
    }

    private func sync(_ folder: String) throws(BlobError) {
        guard synchronizes else { return }
        let descriptor = gh_open(folder, O_RDONLY | O_DIRECTORY, 0)
        guard descriptor >= 0 else { throw BlobFile.failure("open", folder) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw BlobFile.failure("fsync", folder) }
    }

    private static func make(_ folder: String) throws(BlobError) {
        if mkdir(folder, 0o700) != 0, gh_errno() != EEXIST { throw BlobFile.failure("mkdir", folder) }
    }

    /// Writes an empty file and tells its time.
    private static func stamp(_ path: String) throws(BlobError) -> Int64 {
        _ = try BlobFile(creating: path)
        var status = stat()
        guard stat(path, &status) == 0 else { throw BlobFile.failure("stat", path) }
        return nanoseconds(status.st_mtim)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// The names in a folder, without `.` and `..`.
    private static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            // The entry's name is a C string inside it, valid until the next readdir.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
