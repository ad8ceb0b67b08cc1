import CSystem
import World

/// A file that only takes up room: given back when the disk is full, so that deletions and their records still fit.
///
/// While it is given back, the store is *scarce*: it refuses ordinary writes, so that the room goes to those that free
/// some. It is laid up again as soon as there is twice its size. Where it could not be laid up, the last of the room is
/// the reserve: the store is scarce once there is less than the file would take.
final class DiskReserve: Sendable {
    private struct State {
        var isLaidUp = false
        var isScarce = false
    }

    private let path: String
    private let bytes: Int64
    /// Bytes that this process may still write on the folder's file system.
    private let free: @Sendable () -> Int64
    private let state = Lock(State())

    /// - Parameter bytes: 0 for none.
    init(in folder: DataFolder, bytes: Int64, free: (@Sendable () -> Int64)? = nil) {
        let place = folder.path
        self.free = free ?? { DiskReserve.free(place) }
        path = folder.path + "/reserve"
        self.bytes = folder.isTemporary ? 0 : bytes
        // As where the process before ended while there was no room.
        if isMissing { watch() }
    }

    /// Whether ordinary writes are refused.
    var isScarce: Bool { state.withLock { $0.isScarce } }

    /// Whether it waits for room: `watch` is to be called from time to time.
    var isMissing: Bool { bytes > 0 && !state.withLock { $0.isLaidUp } }

    /// Gives the room back, if the disk really has none: a full database alone frees nothing by it.
    func release() -> Bool {
        guard bytes > 0, !isScarce, free() < bytes else { return false }
        if unlink(path) != 0, gh_errno() != ENOENT { return false }
        state.withLock { $0 = State(isLaidUp: false, isScarce: true) }
        return true
    }

    /// What a look at the disk changed.
    enum Change { case ended, began }

    /// Takes the room, where it is not taken and the disk has enough. Nil where ordinary writes are taken or refused as before.
    @discardableResult
    func watch() -> Change? {
        guard isMissing else { return nil }
        let isLaidUp = isWhole || layUp()
        let isScarce = !isLaidUp && (free() < bytes || self.isScarce)
        return state.withLock { state in
            defer { state = State(isLaidUp: isLaidUp, isScarce: isScarce) }
            return isScarce == state.isScarce ? nil : isScarce ? .began : .ended
        }
    }

    /// Whether the file is there with all its room: a crash may have left an empty one.
    private var isWhole: Bool {
        var status = stat()
        return stat(path, &status) == 0 && Int64(status.st_size) >= bytes && Int64(status.st_blocks) * 512 >= bytes
    }

    private func layUp() -> Bool {
        guard free() >= 2 * bytes else { return false }
        let file = gh_open(path, O_WRONLY | O_CREAT, 0o600)
        guard file >= 0 else { return false }
        defer { _ = close(file) }
        guard posix_fallocate(file, 0, off_t(bytes)) == 0 else {
            unlink(path)
            return false
        }
        return true
    }

    private static func free(_ folder: String) -> Int64 {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return .max }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
