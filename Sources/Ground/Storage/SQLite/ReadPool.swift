import Synchronization
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
        /// The same of the commits that ended what it remembers.
        let memory: UInt64
    }

    /// What a thread's reads use, one after the other, without meeting those of other threads.
    private struct Slot {
        var idle: Idle?
        var isClosed = false
    }

    private struct State {
        var idle: [Idle] = []
        var lent = 0
        var isClosed = false
    }

    private let slots = ThreadShards(Slot())
    /// Connections that found no room in their slots: of reads inside reads.
    private let state = Lock(State())
    private let commits = Atomic<UInt64>(0)
    /// Those of them that changed more than records of calls.
    private let changes = Atomic<UInt64>(0)
    private let path: String
    private let settings: [String]

    /// Idle connections beside those in slots; more are closed.
    private static let kept = 32
    /// Reads run on their callers' threads, so more than this at once is a fault.
    private static let limit = 512

    init(path: String, settings: [String]) { (self.path, self.settings) = (path, settings) }

    func read<R>(_ body: (borrowing Snapshot) throws -> R) throws -> R {
        // Before the connection is chosen: its snapshot is then never older than this moment.
        let moment = Moment(commits: commits.load(ordering: .acquiring), changes: changes.load(ordering: .acquiring))
        let own = slots.withLock { slot in
            defer { slot.idle = nil }
            return slot.idle
        }
        let connection = try connection(own, asOf: moment)
        var isClean = false
        defer { give(connection, moment, isClean: isClean, isLent: own == nil) }
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
    /// - Parameter isOnlyRecords: what look-ups remember still holds.
    func committed(isOnlyRecords: Bool) {
        if !isOnlyRecords { noteChange() }
        noteCommit()
    }

    /// The two halves of `committed`, in this order. A read may begin between them.
    func noteChange() { changes.add(1, ordering: .acquiringAndReleasing) }
    func noteCommit() { commits.add(1, ordering: .acquiringAndReleasing) }

    /// Ends the snapshots that idle connections hold, so that a checkpoint can pass them.
    func releaseSnapshots() {
        var held: [Idle] = []
        slots.forEach { slot in
            if let idle = slot.idle, idle.snapshot != nil { (slot.idle, held) = (nil, held + [idle]) }
        }
        state.withLock { state in
            held += state.idle.filter { $0.snapshot != nil }
            state.idle.removeAll { $0.snapshot != nil }
        }
        for idle in held where (try? idle.connection.run("COMMIT")) != nil {
            state.withLock { ReadPool.keep(Idle(connection: idle.connection, snapshot: nil, memory: idle.memory), &$0) }
        }
    }

    /// No new reads; those under way end normally.
    func close() {
        var idle: [Idle] = []
        slots.forEach { slot in
            if let own = slot.idle { idle.append(own) }
            slot = Slot(idle: nil, isClosed: true)
        }
        state.withLock { state in
            state.isClosed = true
            idle += state.idle
            state.idle = []
        }
        withExtendedLifetime(idle) {}
    }

    /// How many commits and changes there had been at one time.
    private struct Moment {
        let commits, changes: UInt64
    }

    /// A connection with an open snapshot that is not older than `moment`, and no older memory.
    /// - Parameter own: the calling thread's, where it has one; else one is lent.
    private func connection(_ own: Idle?, asOf moment: Moment) throws -> Connection {
        let idle = try own ?? lend()
        do {
            let connection = try idle?.connection ?? Connection(path: path, settings: settings)
            // Both: a change that is counted before its commit must not pass for one that was already forgotten.
            if let idle, idle.snapshot == moment.commits, idle.memory == moment.changes { return connection }
            if idle?.snapshot != nil { try connection.run("COMMIT") }
            if idle?.memory != moment.changes { connection.memory.forget() }
            try connection.run("BEGIN")
            return connection
        } catch {
            if own == nil { state.withLock { $0.lent -= 1 } }
            throw error
        }
    }

    /// The connection given back last; nil where a new one is to be made.
    private func lend() throws -> Idle? {
        try state.withLock { state throws(StorageError) in
            if state.isClosed { throw StorageError.closed }
            if state.lent >= ReadPool.limit { throw StorageError.overloaded }
            state.lent += 1
            return state.idle.popLast()
        }
    }

    /// A connection whose transaction may be broken is not used again.
    private func give(_ connection: Connection, _ moment: Moment, isClean: Bool, isLent: Bool) {
        let idle = Idle(connection: connection, snapshot: moment.commits, memory: moment.changes)
        let isPlaced = slots.withLock { slot in
            guard isClean, !slot.isClosed, slot.idle == nil else { return false }
            slot.idle = idle
            return true
        }
        if isPlaced, !isLent { return }
        state.withLock { state in
            if isLent { state.lent -= 1 }
            if isClean, !isPlaced { ReadPool.keep(idle, &state) }
        }
    }

    private static func keep(_ idle: Idle, _ state: inout State) {
        if !state.isClosed, state.idle.count < kept { state.idle.append(idle) }
    }
}
