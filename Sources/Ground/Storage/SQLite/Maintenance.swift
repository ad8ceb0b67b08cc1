import CSQLite
import CSystem
import World

/// The work that commits leave behind, on a thread of its own: the late sync of `.written` items and checkpoints.
final class Maintenance: @unchecked Sendable {
    // `connection` and `logFile` are used by this thread alone; everything shared is in `state`.
    private struct State {
        var isUnsynced = false
        var needsCheckpoint = false
        var isClosed = false
        var hasFailed = false
        var isWoken = false
    }

    private let state = Monitor(State())
    private let connection: Connection
    private let logFile: Int32
    private let log: Log
    private let reserve: DiskReserve
    private let pool: ReadPool
    /// Frames in the write-ahead log, set by SQLite's hook on the writer's thread, read there.
    private let frames: UnsafeMutablePointer<Int32>

    /// A checkpoint is made beside the writer from this many frames (4 KiB each) on …
    private static let checkpointFrames: Int32 = 1000
    /// … and by the writer itself, between two commits, from this many on, so that the log can begin anew.
    private static let reliefFrames: Int32 = 4000
    /// `.written` items are synced within this time.
    static let syncDelay = 70

    /// `writer` is the connection whose commits are followed. The log file must exist.
    init(path: String, writer: Connection, settings: [String], _ reserve: DiskReserve, _ pool: ReadPool, _ log: Log)
        throws
    {
        connection = try Connection(path: path, settings: settings)
        logFile = gh_open(path + "-wal", O_RDONLY, 0)
        guard logFile >= 0 else { throw StorageError.system(operation: "open", path: path + "-wal", errno: gh_errno()) }
        (self.reserve, self.pool, self.log) = (reserve, pool, log)
        frames = .allocate(capacity: 1)
        frames.initialize(to: 0)
        sqlite3_wal_hook(writer.database, countFrames, frames)
    }

    deinit {
        _ = CSystem.close(logFile)
        frames.deallocate()
    }

    /// A late sync failed: what was acknowledged may be lost, so nothing more may be.
    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    /// Called by the writer after each commit.
    func committed(isSynced: Bool) {
        let needsCheckpoint = frames.pointee >= Maintenance.checkpointFrames
        let wakes = state.withLock { state in
            let wasIdle = !state.isUnsynced && !state.needsCheckpoint
            state.isUnsynced = !isSynced
            state.needsCheckpoint = state.needsCheckpoint || needsCheckpoint
            return wasIdle && (!isSynced || needsCheckpoint)
        }
        if wakes { state.wakeOne() }
    }

    /// Called by the writer before each batch: a log that grew because commits never paused is worked off now.
    func relieve(_ writer: Connection) {
        guard frames.pointee >= Maintenance.reliefFrames else { return }
        frames.pointee = 0
        pool.releaseSnapshots()
        sqlite3_wal_checkpoint_v2(writer.database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }

    /// The thread's work.
    func work() {
        while true {
            let isClosed = state.wait(
                until: { $0.isUnsynced || $0.needsCheckpoint || $0.isClosed || $0.isWoken },
                milliseconds: reserve.isScarce ? 1000 : nil
            ) { state in
                state.isWoken = false
                return state.isClosed
            }
            if isClosed { return }
            if reserve.isScarce, reserve.layUp() { log(.info, "the disk has room again; the reserve is laid up") }
            if state.withLock({ $0.needsCheckpoint }) { checkpoint() }
            state.wait(until: { $0.isClosed }, milliseconds: Maintenance.syncDelay) { _ in }
            syncIfNeeded()
        }
    }

    /// Called by the writer when the disk has no room: gives the reserve back, and watches for room from now on.
    func diskIsFull() {
        guard reserve.release() else { return }
        log(.error, "the disk is full; only writes that free room are taken until it has room again")
        // A checkpoint needs no more room than the log has, and makes the log's own room free for what follows.
        state.withLock { state in
            state.isWoken = true
            state.needsCheckpoint = true
        }
        state.wakeOne()
    }

    func close() {
        state.withLock { $0.isClosed = true }
        state.wakeAll()
    }

    private func syncIfNeeded() {
        let isUnsynced = state.withLock { state in
            defer { state.isUnsynced = false }
            return state.isUnsynced
        }
        guard isUnsynced, fdatasync(logFile) != 0 else { return }
        state.withLock { $0.hasFailed = true }
        log(.error, "a sync failed; the store is closed", ["errno": "\(gh_errno())"])
    }

    private func checkpoint() {
        state.withLock { $0.needsCheckpoint = false }
        pool.releaseSnapshots()
        let status = sqlite3_wal_checkpoint_v2(connection.database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        guard status != SQLITE_OK, status & 0xFF != SQLITE_BUSY else { return }
        log(.warning, "a checkpoint failed", ["reason": "\(StorageError(connection.database))"])
    }
}

/// SQLite's hook after each commit of the writer; `context` is `Maintenance.frames`, which outlives the connection.
private func countFrames(
    _ context: UnsafeMutableRawPointer?, _ database: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ frames: Int32
) -> Int32 {
    context?.assumingMemoryBound(to: Int32.self).pointee = frames
    return SQLITE_OK
}
