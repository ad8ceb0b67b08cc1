import CSystem
import World

/// A file that only takes up room: given back when the disk is full, so that deletions and their records still fit.
///
/// While it is given back, the store is *scarce*: it refuses ordinary writes, so that the room goes to those that free
/// some. It is laid up again as soon as there is twice its size.
final class DiskReserve: Sendable {
    private let path: String
    private let bytes: Int64
    /// Bytes that this process may still write on the folder's file system.
    private let free: @Sendable () -> Int64
    private let scarce = Lock(false)

    /// - Parameter bytes: 0 for none.
    init(in folder: DataFolder, bytes: Int64, free: (@Sendable () -> Int64)? = nil) {
        let place = folder.path
        self.free = free ?? { DiskReserve.free(place) }
        path = folder.path + "/reserve"
        self.bytes = folder.isTemporary ? 0 : bytes
        layUp()
    }

    /// Whether ordinary writes are refused.
    var isScarce: Bool { scarce.withLock { $0 } }

    /// Gives the room back, if the disk really has none: a full database alone frees nothing by it.
    func release() -> Bool {
        guard bytes > 0, !isScarce, free() < bytes, unlink(path) == 0 else { return false }
        scarce.withLock { $0 = true }
        return true
    }

    /// Takes the room again, where it is not taken and the disk has enough. Returns whether that ended scarcity.
    @discardableResult
    func layUp() -> Bool {
        guard bytes > 0, access(path, F_OK) != 0, free() >= 2 * bytes else { return false }
        let file = gh_open(path, O_WRONLY | O_CREAT, 0o600)
        guard file >= 0 else { return false }
        defer { _ = close(file) }
        guard posix_fallocate(file, 0, off_t(bytes)) == 0 else {
            unlink(path)
            return false
        }
        return scarce.withLock { scarce in
            defer { scarce = false }
            return scarce
        }
    }

    private static func free(_ folder: String) -> Int64 {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return .max }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
