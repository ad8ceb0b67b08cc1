import World

/// The connections that reads run on. One is lent to each read; a read inside a read gets another.
///
/// A connection keeps its snapshot open between reads for as long as nothing was committed: opening one costs more than
/// a look-up. Who wants the write-ahead log to shrink says `releaseSnapshots` first.
final class ReadPool: Sendable {
    private struct Idle {
        let connection: Connection
        /// How many commits there had been when its snapshot was opened; nil where none is open.
        let snapshot: UInt64?
        /// Who used it last: what it remembers is in that thread's processor.
        let thread: Int
    }

    private struct State {
        var idle: [Idle] = []
        var lent = 0
        var commits: UInt64 = 0
        var isClosed = false
    }

    private let state = Lock(State())
    private let path: String
    private let settings: [String]

    /// Idle connections beyond these are closed.
    private static let kept = 32
    /// Reads run on their callers' threads, so more than this at once is a fault.
    private static let limit = 512

    init(path: String, settings: [String]) { (self.path, self.settings) = (path, settings) }

    func read<R>(_ body: (borrowing Snapshot) throws -> R) throws -> R {
        let (connection, commits) = try take()
        var isClean = false
        defer { give(connection, snapshot: commits, isClean: isClean) }
        do {
            let result = try body(Snapshot(connection, connection.memory))
            isClean = true
            return result
        } catch {
            // An error of the engine may have ended the transaction: begin anew next time.
            isClean = !(error is StorageError)
            throw error
        }
    }

    /// Called by the writer after each commit, before anyone is told of it: no read that begins later sees less.
    func committed() { state.withLock { $0.commits += 1 } }

    /// Ends the snapshots that idle connections hold, so that a checkpoint can pass them.
    func releaseSnapshots() {
        let held = state.withLock { state in
            let held = state.idle.filter { $0.snapshot != nil }
            state.idle.removeAll { $0.snapshot != nil }
            state.lent += held.count
            return held
        }
        for idle in held { give(idle.connection, snapshot: nil, isClean: (try? idle.connection.run("COMMIT")) != nil) }
    }

    /// No new reads; those under way end normally.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        withExtendedLifetime(idle) {}
    }

    /// A connection with an open snapshot that is not older than this moment.
    private func take() throws -> (Connection, commits: UInt64) {
        let (pooled, commits) = try state.withLock { state throws(StorageError) in
            if state.isClosed { throw StorageError.closed }
            if state.lent >= ReadPool.limit { throw StorageError.overloaded }
            state.lent += 1
            return (ReadPool.next(&state.idle, for: ThreadNumber.current), state.commits)
        }
        do {
            let connection = try pooled?.connection ?? Connection(path: path, settings: settings)
            if let pooled, pooled.snapshot == commits { return (connection, commits) }
            if pooled?.snapshot != nil { try connection.run("COMMIT") }
            connection.memory.forget()
            try connection.run("BEGIN")
            return (connection, commits)
        } catch {
            state.withLock { $0.lent -= 1 }
            throw error
        }
    }

    /// The one `thread` gave back last, else the one given back last.
    private static func next(_ idle: inout [Idle], for thread: Int) -> Idle? {
        guard let index = idle.lastIndex(where: { $0.thread == thread }) else { return idle.popLast() }
        return idle.remove(at: index)
    }

    /// A connection whose transaction may be broken is not used again.
    private func give(_ connection: Connection, snapshot: UInt64?, isClean: Bool) {
        state.withLock { state in
            state.lent -= 1
            guard isClean, !state.isClosed, state.idle.count < ReadPool.kept else { return }
            state.idle.append(Idle(connection: connection, snapshot: snapshot, thread: ThreadNumber.current))
        }
    }
}
