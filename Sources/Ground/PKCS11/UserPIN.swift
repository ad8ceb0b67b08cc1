import CSystem
import Crypto
import World

/// The PIN of a token's user, in guarded memory.
struct UserPIN: ~Copyable {
    let digits: SecretBytes
    /// When its file was written, in nanoseconds.
    let written: Int

    private static let limit = 256

    /// From the first line of a file that is the server's own.
    /// - Throws: `.setup` where others may read the file, it belongs to somebody else, or it holds no PIN.
    init(file path: String) throws(PKCS11Error) {
        let file = gh_open(path, O_RDONLY, 0)
        guard file >= 0 else { throw .setup("The PIN file \(path) cannot be read (\(SystemFault.text(gh_errno()))).") }
        defer { _ = close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & 0o170000 == 0o100000 else {
            throw .setup("\(path) is not a file.")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .setup("The PIN file \(path) can be read by others. Close it: chmod 600 \(path)")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .setup("The PIN file \(path) belongs to another user (\(status.st_uid)).")
        }
        // A byte more than a PIN may have, so that a longer one is seen.
        var room = [UInt8](repeating: 0, count: UserPIN.limit + 1)
        defer { room.zero() }
        let count = max(0, read(file, &room, room.count))
        let length = room[..<count].prefix { $0 != 10 && $0 != 13 }.count
        guard length > 0 else { throw .setup("The PIN file \(path) is empty.") }
        guard length <= UserPIN.limit else {
            throw .setup("The first line of the PIN file \(path) is longer than \(UserPIN.limit) bytes.")
        }
        digits = SecretBytes(taking: &room, count: length)
        written = status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
    }
}
