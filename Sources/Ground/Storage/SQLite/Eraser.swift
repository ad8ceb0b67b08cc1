import CSQLite
import World

/// Cuts the write-ahead log after deletions whose traces must go: a checkpoint that ends with an empty log.
///
/// Waits for 100 ms without a write, at most for a second. Readers in the middle of an old snapshot hold the log back;
/// then it is tried again.
final class Eraser {
    private let connection: Connection
    private let pool: ReadPool
    private let clock = SystemClock()
    /// When the cut is due even if the writer is busy, in monotonic nanoseconds.
    private var due: UInt64?

    init(_ connection: Connection, _ pool: ReadPool) { (self.connection, self.pool) = (connection, pool) }

    /// Empties the log that an earlier process left, before anybody reads: it may have been killed before it erased.
    static func cut(_ connection: Connection) {
        sqlite3_wal_checkpoint_v2(connection.database, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    }

    /// How long the writer may wait for its next item, in milliseconds; nil without a request.
    var patience: Int? { due == nil ? nil : 100 }

    func request() { due = due ?? clock.monotonicNanoseconds() + 1_000_000_000 }

    func eraseIfDue(isIdle: Bool) {
        guard let due, isIdle || clock.monotonicNanoseconds() >= due else { return }
        pool.releaseSnapshots()
        // A short wait: a reader that stays longer must not hold up the writer.
        sqlite3_busy_timeout(connection.database, 20)
        defer { sqlite3_busy_timeout(connection.database, connection.lockPatience) }
        let status = sqlite3_wal_checkpoint_v2(connection.database, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        self.due = status == SQLITE_OK ? nil : clock.monotonicNanoseconds() + 1_000_000_000
    }
}
