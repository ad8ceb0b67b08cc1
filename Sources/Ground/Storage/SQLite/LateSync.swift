import CSystem
import World

/// The sync of commits that were acknowledged before it: on a thread of its own, so that nothing but the disk holds it up.
///
/// The time is counted from the oldest commit that is not synced: those that follow it do not put it off.
final class LateSync: Sendable {
    /// What waits, on a clock of nanoseconds.
    struct Waiting {
        /// When the oldest commit that is not synced was made; nil where all are.
        private(set) var oldest: UInt64?

        mutating func note(isSynced: Bool, at now: UInt64) { oldest = isSynced ? nil : oldest ?? now }

        /// How many milliseconds are left; nil where nothing waits.
        func left(at now: UInt64) -> Int? {
            oldest.map { max(0, LateSync.delay - Int((max(now, $0) - $0) / 1_000_000)) }
        }

        /// All that waits is taken to be synced.
        mutating func take() -> Bool {
            defer { oldest = nil }
            return oldest != nil
        }
    }

    private struct State {
        var waiting = Waiting()
        var isClosed = false
        var hasFailed = false
    }

    /// `.written` items are synced from this many milliseconds after their commit on. With the time that records gather
    /// before (`SpoolMover.gathering`) it leaves room below the 100 ms that `Durability.written` promises.
    static let delay = 50

    private let state = Monitor(State())
    private let clock = SystemClock()
    private let log: Log
    private let synchronize: @Sendable () -> Bool

    /// - Parameter synchronize: false where it failed.
    init(_ log: Log, _ synchronize: @escaping @Sendable () -> Bool) {
        (self.log, self.synchronize) = (log, synchronize)
    }

    /// A sync failed: what was acknowledged may be lost, so nothing more may be.
    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    /// Called by the writer after each commit, before its callers are told.
    func committed(isSynced: Bool) {
        let now = clock.monotonicNanoseconds()
        let wakes = state.withLock { state in
            let wasIdle = state.waiting.oldest == nil
            state.waiting.note(isSynced: isSynced, at: now)
            return wasIdle && !isSynced
        }
        if wakes { state.wakeOne() }
    }

    /// The thread's work. What waits at the end is synced too.
    func work() {
        while true {
            let isClosed = state.wait(until: { $0.waiting.oldest != nil || $0.isClosed }) { $0.isClosed }
            while !isClosed, let left = state.withLock({ $0.waiting.left(at: clock.monotonicNanoseconds()) }), left > 0
            {
                if state.wait(until: { $0.isClosed }, milliseconds: left, then: { $0.isClosed }) { break }
            }
            if state.withLock({ $0.waiting.take() }), !synchronize() {
                state.withLock { $0.hasFailed = true }
                log(.error, "a sync failed; the store is closed", ["errno": "\(gh_errno())"])
            }
            if isClosed { return }
        }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        state.wakeAll()
    }
}

/// SQLite's write-ahead log, opened to be synced.
final class LogFile: Sendable {
    private let file: Int32

    /// The file must exist.
    init(_ path: String) throws {
        file = gh_open(path, O_RDONLY, 0)
        guard file >= 0 else { throw StorageError.system(operation: "open", path: path, errno: gh_errno()) }
    }

    deinit { _ = CSystem.close(file) }

    func synchronize() -> Bool { fdatasync(file) == 0 }
}
