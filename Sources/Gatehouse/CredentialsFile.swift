import CSystem
import Glibc
import World

/// The root user's keys in a file that only its owner can read, in the form AWS tools read.
struct CredentialsFile {
    let path: String

    static let name = "root-credentials"

    func write(accessKeyID: String, secret: String) throws {
        let text = """
            # Keys of the root user of this Gatehouse. Root may do anything: make yourself a user, and keep this file safe.
            [default]
            aws_access_key_id = \(accessKeyID)
            aws_secret_access_key = \(secret)

            """
        try PrivateText.write(text, to: path)
    }

    /// Nil where there is no such file.
    func read() throws -> (accessKeyID: String, secret: String)? {
        guard let text = PrivateText.read(path) else { return nil }
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard parts.count == 2 else { continue }
            values[String(parts[0].prefix { $0 != " " })] = String(parts[1])
        }
        guard let id = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
            throw SetupError("\(path) is no credentials file")
        }
        return (id, secret)
    }
}

/// Small texts in files of mode 0600.
enum PrivateText {
    /// Replaces the file in one step, so that nobody ever reads half of it.
    static func write(_ text: String, to path: String) throws {
        let temporary = path + ".new"
        unlink(temporary)
        let file = gh_open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else { throw SetupError("cannot write \(path): \(SystemFault.text(gh_errno()))") }
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        let isSynced = fsync(file) == 0
        close(file)
        guard written == bytes.count, isSynced, rename(temporary, path) == 0 else {
            throw SetupError("cannot write \(path): \(SystemFault.text(gh_errno()))")
        }
    }

    /// Nil where the file cannot be read; at most 64 KiB.
    static func read(_ path: String) -> String? {
        let file = gh_open(path, O_RDONLY, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
}
