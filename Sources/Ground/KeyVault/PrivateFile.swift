import CSystem

/// Small files that only their owner may read.
enum PrivateFile {
    private static let limit = 1 << 16

    /// The content; nil if there is no such file.
    /// - Throws: `.keyFile` where others may read it, or it is no ordinary file.
    static func read(_ path: String) throws(KeyVaultError) -> [UInt8]? {
        let file = gh_open(path, O_RDONLY, 0)
        if file < 0 {
            let code = gh_errno()
            if code == ENOENT { return nil }
            throw .system(operation: "open", path: path, errno: code)
        }
        defer { _ = close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .system(operation: "fstat", path: path, errno: gh_errno()) }
        guard status.st_mode & 0o170000 == 0o100000 else { throw .keyFile("\(path) is not a file.") }
        guard status.st_mode & 0o077 == 0 else {
            throw .keyFile("\(path) can be read by others. Close it: chmod 600 \(path)")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .keyFile("\(path) belongs to another user (\(status.st_uid)).")
        }
        return [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, CSystem.read(file, buffer.baseAddress, limit))
        }
    }

    /// Writes a new file beside its place, syncs it, gives it its name and syncs the folder. Never replaces a file.
    static func create(_ path: String, _ bytes: [UInt8]) throws(KeyVaultError) {
        let staged = try stage(path, bytes)
        guard link(staged, path) == 0 else { throw .system(operation: "link", path: path, errno: gh_errno()) }
        unlink(staged)
        try syncFolder(of: path)
    }

    /// As `create`, in the place of a file: after a crash there is the old one or the new one.
    static func replace(_ path: String, _ bytes: [UInt8]) throws(KeyVaultError) {
        let staged = try stage(path, bytes)
        guard rename(staged, path) == 0 else { throw .system(operation: "rename", path: path, errno: gh_errno()) }
        try syncFolder(of: path)
    }

    private static func stage(_ path: String, _ bytes: [UInt8]) throws(KeyVaultError) -> String {
        let staged = path + ".new"
        unlink(staged)
        let file = gh_open(staged, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else { throw .system(operation: "open", path: staged, errno: gh_errno()) }
        defer { _ = close(file) }
        let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(file) == 0 else {
            throw .system(operation: "write", path: staged, errno: gh_errno())
        }
        return staged
    }

    private static func syncFolder(of path: String) throws(KeyVaultError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = gh_open(folder, O_RDONLY | O_DIRECTORY, 0)
        guard descriptor >= 0 else { throw .system(operation: "open", path: folder, errno: gh_errno()) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(operation: "fsync", path: folder, errno: gh_errno()) }
    }
}
