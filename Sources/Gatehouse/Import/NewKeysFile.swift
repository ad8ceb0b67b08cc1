import CSystem
import Glibc

/// The file that new access keys are written to, each as soon as it is made: a secret is shown once.
struct NewKeysFile: ~Copyable {
    let path: String
    private let file: Int32

    /// Makes the file, of mode 0600, with its heading. Throws where there is one already, or it cannot be made.
    init(_ path: String) throws {
        let file = gh_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let code = gh_errno()
            throw SetupError(
                code == EEXIST
                    ? "\(path) is there already; name a new file for the keys"
                    : "cannot write \(path): \(String(cString: strerror(code)))")
        }
        do {
            try NewKeysFile.append("User name,Former access key,Access key ID,Secret access key,Status\n", file, path)
        } catch {
            close(file)
            unlink(path)
            throw error
        }
        (self.path, self.file) = (path, file)
    }

    deinit { close(file) }

    func add(_ key: ImportRun.NewKey) throws {
        let status = key.isActive ? "Active" : "Inactive"
        try NewKeysFile.append("\(key.user),\(key.former),\(key.id),\(key.secret),\(status)\n", file, path)
    }

    /// Removes the file: nothing was written to it but the heading.
    func discard() { unlink(path) }

    /// Leaves no half of a line.
    private static func append(_ line: String, _ file: Int32, _ path: String) throws {
        let (bytes, length) = (Array(line.utf8), lseek(file, 0, SEEK_END))
        let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(file) == 0 else {
            let reason = written < 0 || written == bytes.count ? String(cString: strerror(gh_errno())) : "no room"
            _ = ftruncate(file, length)
            lseek(file, length, SEEK_SET)
            throw SetupError("cannot write \(path): \(reason)")
        }
    }
}
