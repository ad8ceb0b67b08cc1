import CSQLite
import World

/// The checkpoints that commits leave behind, and the reserve of a full disk, on a thread of its own.
final class Maintenance: @unchecked Sendable {
    // `connection` is used by this thread alone; everything shared is in `state`.
    private struct State {
        var needsCheckpoint = false
        var isClosed = false
        var isWoken = false
    }

    private let state = Monitor(State())
    private let connection: Connection
    private let log: Log
    private let reserve: DiskReserve
    private let pool: ReadPool
    /// What SQLite's hook says on the writer's thread, read there.
    private let logged: UnsafeMutablePointer<Logged>

    /// The write-ahead log after the last commit that wrote anything.
    struct Logged {
        /// Frames in it, of 4 KiB each.
        var frames: Int32 = 0
        /// Commits that wrote to it so far.
        var commits: UInt64 = 0
    }

    /// A checkpoint is made beside the writer from this many frames (4 KiB each) on …
    private static let checkpointFrames: Int32 = 1000
    /// … and by the writer itself, between two commits, from this many on, so that the log can begin anew.
    private static let reliefFrames: Int32 = 4000
    /// The least time between two checkpoints, in milliseconds: one that a reader holds back is not tried again at once.
    private static let pause = 70
    private static let fullDisk = "the disk is full; only writes that free room are taken until it has room again"

    /// `writer` is the connection whose commits are followed.
    init(path: String, writer: Connection, settings: [String], _ reserve: DiskReserve, _ pool: ReadPool, _ log: Log)
        throws
    {
        connection = try Connection(path: path, settings: settings)
        (self.reserve, self.pool, self.log) = (reserve, pool, log)
        logged = .allocate(capacity: 1)
        logged.initialize(to: Logged())
        sqlite3_wal_hook(writer.database, note, logged)
    }

    deinit { logged.deallocate() }

    /// How many commits wrote to the log. Asked by the writer: a commit of nothing writes, and so syncs, nothing.
    var writtenCommits: UInt64 { logged.pointee.commits }

    /// Called by the writer after each commit.
    func committed() {
        guard logged.pointee.frames >= Maintenance.checkpointFrames else { return }
        let wakes = state.withLock { state in
            defer { state.needsCheckpoint = true }
            return !state.needsCheckpoint
        }
        if wakes { state.wakeOne() }
    }

    /// Called by the writer before each batch: a log that grew because commits never paused is worked off now.
    func relieve(_ writer: Connection) {
        guard logged.pointee.frames >= Maintenance.reliefFrames else { return }
        logged.pointee.frames = 0
        pool.releaseSnapshots()
        sqlite3_wal_checkpoint_v2(writer.database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }

    /// The thread's work.
    func work() {
        while true {
            let isClosed = state.wait(
                until: { $0.needsCheckpoint || $0.isClosed || $0.isWoken },
                milliseconds: reserve.isMissing ? 1000 : nil
            ) { state in
                state.isWoken = false
                return state.isClosed
            }
            if isClosed { return }
            switch reserve.watch() {
            case .ended: log(.info, "the disk has room again; the reserve is laid up")
            case .began: log(.error, Maintenance.fullDisk)
            case nil: break
            }
            if state.withLock({ $0.needsCheckpoint }) { checkpoint() }
            state.wait(until: { $0.isClosed }, milliseconds: Maintenance.pause) { _ in }
        }
    }

    /// Called by the writer when the disk has no room: gives the reserve back, and watches for room from now on.
    func diskIsFull() {
        guard reserve.release() else { return }
        log(.error, Maintenance.fullDisk)
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

    /// Moves the whole log into the database. Called at the end, when nobody writes and no read begins any more; what a
    /// last reader holds back is done by the next process.
    func finish() {
        connection.lockPatience = 100
        sqlite3_wal_checkpoint_v2(connection.database, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    }

    private func checkpoint() {
        state.withLock { $0.needsCheckpoint = false }
        pool.releaseSnapshots()
        let status = sqlite3_wal_checkpoint_v2(connection.database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        guard status != SQLITE_OK, status & 0xFF != SQLITE_BUSY else { return }
        log(.warning, "a checkpoint failed", ["reason": "\(StorageError(connection.database))"])
    }
}

/// SQLite's hook after each commit of the writer that wrote; `context` is `Maintenance.logged`, which outlives the
/// connection.
private func note(
    _ context: UnsafeMutableRawPointer?, _ database: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ frames: Int32
) -> Int32 {
    let logged = context?.assumingMemoryBound(to: Maintenance.Logged.self)
    logged?.pointee.frames = frames
    logged?.pointee.commits += 1
    return SQLITE_OK
}
