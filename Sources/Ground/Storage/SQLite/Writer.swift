import CSQLite
import World

/// The one thread that changes the database: takes all waiting items, commits them together, then tells their callers.
///
/// One batch: BEGIN IMMEDIATE; for each item SAVEPOINT, body, RELEASE or ROLLBACK TO; one COMMIT. An item that throws
/// undoes only itself; a COMMIT that fails undoes all. Nobody is told of success before the COMMIT has returned.
final class Writer: @unchecked Sendable {
    // The connection and the flags below are touched by the writer's thread alone, once `start` has been called.
    private let connection: Connection
    private let queue: WriteQueue
    private let hooks: Hooks
    private let maintenance: Maintenance
    private let lateSync: LateSync
    private let reserve: DiskReserve
    private let pool: ReadPool
    private let eraser: Eraser
    private let log: Log
    private let synchronizes: Bool
    private var isFullSync = false
    /// The last commit failed: a full disk is told of once, not with every request.
    private var isFailing = false
    /// Set by a failed sync: nothing is acknowledged any more.
    private var isBroken = false

    init(
        _ connection: Connection, _ queue: WriteQueue, _ hooks: Hooks, _ maintenance: Maintenance, _ lateSync: LateSync,
        _ reserve: DiskReserve, _ pool: ReadPool, _ log: Log, synchronizes: Bool
    ) {
        (self.connection, self.queue, self.hooks) = (connection, queue, hooks)
        (self.maintenance, self.lateSync) = (maintenance, lateSync)
        (self.log, self.synchronizes) = (log, synchronizes)
        (self.reserve, self.pool) = (reserve, pool)
        eraser = Eraser(connection, pool)
    }

    /// The thread's work: ends when the queue is closed and empty.
    func work() {
        while let batch = queue.take(waiting: eraser.patience) {
            if !batch.isEmpty { commit(batch) }
            eraser.eraseIfDue(isIdle: batch.isEmpty)
        }
        eraser.eraseIfDue(isIdle: true)
    }

    private func commit(_ batch: [WriteItem]) {
        guard !isBroken, !lateSync.hasFailed else {
            for item in batch { item.resume(StorageError.closed) }
            return
        }
        maintenance.relieve(connection)
        let isSynced = batch.contains { $0.durability == .synced }
        do {
            try setSynchronous(full: isSynced)
            try connection.run("BEGIN IMMEDIATE")
            let change = try perform(batch)
            let before = maintenance.writtenCommits
            try connection.run("COMMIT")
            succeed(batch, change, isSynced: isSynced, wrote: maintenance.writtenCommits != before)
        } catch {
            fail(batch, error)
        }
    }

    /// What the items of a batch that did not fail did together.
    private struct Change {
        var areas: Areas = []
        var erases = false
        var isOnlyRecords = true
    }

    /// Runs the bodies. Throws where the whole batch is lost.
    private func perform(_ batch: [WriteItem]) throws -> Change {
        var transaction = Transaction(connection)
        var change = Change()
        let isScarce = reserve.isScarce
        for item in batch {
            transaction.beginItem()
            if isScarce, !item.isInfallible, !item.isReclaiming {
                item.failure = StorageError.full
            } else if item.isInfallible {
                try item.run(&transaction)
            } else {
                try performFallible(item, &transaction)
            }
            guard item.failure == nil else { continue }
            change.areas.formUnion(transaction.touched)
            change.erases = change.erases || transaction.erases
            change.isOnlyRecords = change.isOnlyRecords && transaction.isOnlyRecords
        }
        return change
    }

    private func performFallible(_ item: WriteItem, _ transaction: inout Transaction) throws {
        try connection.run("SAVEPOINT item")
        do {
            try item.run(&transaction)
            try connection.run("RELEASE item")
        } catch {
            // After some errors (disk full, IO) SQLite has already rolled everything back.
            item.failure = error
            // The others of the batch are told of the store alone.
            let failure = StorageError(behind: error)
            guard connection.isInTransaction else { throw failure ?? StorageError(connection.database) }
            if failure == .full { maintenance.diskIsFull() }
            try connection.run("ROLLBACK TO item")
            try connection.run("RELEASE item")
            try hooks.rewound(connection)
        }
    }

    private func succeed(_ batch: [WriteItem], _ change: Change, isSynced: Bool, wrote: Bool) {
        isFailing = false
        pool.committed(isOnlyRecords: change.isOnlyRecords)
        if !change.areas.isEmpty { hooks.committed(change.areas) }
        // SQLite syncs what it writes: where that was nothing, earlier commits still wait for their sync.
        if wrote { lateSync.committed(isSynced: isSynced || !synchronizes) }
        maintenance.committed()
        if change.erases { eraser.request() }
        for item in batch { item.resume(item.failure) }
    }

    /// Undoes the batch and tells each caller: its own failure, or the batch's.
    private func fail(_ batch: [WriteItem], _ error: any Error) {
        do {
            if connection.isInTransaction { try connection.run("ROLLBACK") }
            try hooks.rewound(connection)
        } catch {
            isBroken = true
            log(.error, "a failed write could not be undone; the store is closed", ["reason": "\(error)"])
        }
        let failure = StorageError(behind: error)
        if failure == .full { maintenance.diskIsFull() }
        if let failure, failure.isFailedSync {
            isBroken = true
            log(.error, "a sync failed; the store is closed", ["reason": "\(error)"])
        } else if !isFailing {
            log(.warning, "commits fail from now on", ["reason": "\(error)"])
        }
        isFailing = true
        for item in batch { item.resume(item.failure ?? error) }
    }

    /// The setting takes effect when parsed, so it is never a cached statement; it is only changed when it differs.
    private func setSynchronous(full: Bool) throws {
        guard synchronizes, full != isFullSync else { return }
        try connection.execute(full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL")
        isFullSync = full
    }
}
