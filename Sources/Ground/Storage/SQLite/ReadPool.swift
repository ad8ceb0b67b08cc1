import World

/// The connections that reads run on. One is lent to each read; a read inside a read gets another.
final class ReadPool: Sendable {
    private struct State {
        var idle: [Connection] = []
        var lent = 0
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
        let connection = try take()
        var isClean = false
        defer { give(connection, isClean: isClean) }
        try connection.run("BEGIN")
        defer { isClean = (try? connection.run("COMMIT")) != nil }
        return try body(Snapshot(connection))
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

    private func take() throws -> Connection {
        let pooled = try state.withLock { state throws(StorageError) in
            if state.isClosed { throw StorageError.closed }
            if state.lent >= ReadPool.limit { throw StorageError.overloaded }
            state.lent += 1
            return state.idle.popLast()
        }
        if let pooled { return pooled }
        do { return try Connection(path: path, settings: settings) } catch {
            state.withLock { $0.lent -= 1 }
            throw error
        }
    }

    /// A connection whose transaction did not end is not used again.
    private func give(_ connection: Connection, isClean: Bool) {
        state.withLock { state in
            state.lent -= 1
            if isClean, !state.isClosed, state.idle.count < ReadPool.kept { state.idle.append(connection) }
        }
    }
}
