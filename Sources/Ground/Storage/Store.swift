public import World

/// The state of the house: one database, many readers, one writer.
///
/// `read` runs at once, on the caller's thread, on a consistent snapshot, and never waits for writers. `write` joins a
/// queue; the writer runs all waiting bodies in their order, one after the other, in one commit, and resumes their
/// callers after it. Neither a `Snapshot` nor a `Transaction` can leave its closure, so no state is held across `await`.
public final class Store: Sendable {
    private let pool: ReadPool
    /// Of the database.
    let path: String
    private let queue: WriteQueue
    let hooks: Hooks
    private let maintenance: Maintenance
    private let reserve: DiskReserve
    private let lateSync: LateSync
    private let threads: [WorkerThread]

    /// Opens the database in `folder`, making or migrating it as `schema` demands.
    ///
    /// - Throws: `StorageError.schema` where the schema on disk is newer, or an old migration was changed, or where it is older
    ///   and `options` forbids to migrate it.
    public convenience init(
        in folder: DataFolder, schema: [SchemaPart], options: StoreOptions = StoreOptions(), log: Log
    ) throws {
        try self.init(in: folder, schema, options, log) { path in
            let file = try LogFile(path)
            return { file.synchronize() }
        }
    }

    /// - Parameter late: makes what syncs the write-ahead log at this path.
    init(
        in folder: DataFolder, _ schema: [SchemaPart], _ options: StoreOptions, _ log: Log,
        late: (String) throws -> @Sendable () -> Bool
    ) throws {
        path = folder.path + "/gatehouse.db"
        if !SQLiteLibrary.configure() {
            log(.warning, "another library set SQLite up before the store did: reads may take longer")
        }
        let settings = StoreSettings(options, isTemporary: folder.isTemporary)
        let connection = try Connection(path: path, creating: options.migrates, settings: settings.writer)
        let migrator = Migrator(connection, folder: folder, log)
        if options.migrates { try migrator.apply(schema) } else { try migrator.require(schema) }
        if options.migrates { Eraser.cut(connection) }
        (pool, queue, hooks) = (ReadPool(path: path, settings: settings.reader), WriteQueue(), Hooks())
        let reserve = DiskReserve(in: folder, bytes: options.reserveBytes)
        let maintenance = try Maintenance(
            path: path, writer: connection, settings: settings.checkpointer, reserve, pool, log)
        let lateSync = LateSync(log, try late(path + "-wal"))
        let writer = Writer(
            connection, queue, hooks, maintenance, lateSync, reserve, pool, log, synchronizes: !folder.isTemporary)
        (self.maintenance, self.lateSync, self.reserve) = (maintenance, lateSync, reserve)
        threads = [
            WorkerThread("store-writer") { writer.work() },
            WorkerThread("store-upkeep") { maintenance.work() },
            WorkerThread("store-sync") { lateSync.work() },
        ]
    }

    deinit { close() }

    /// Called once all is written that serving needs: what room is left is kept for deletions from then on, where there is
    /// little.
    public func keepsRoom() { maintenance.begin() }

    /// Whether the disk has no room but what is kept for deletions: nothing large should be written beside the store either.
    public var isScarce: Bool { reserve.isScarce }

    /// Runs `body` on one consistent view, now, on this thread.
    public func read<R>(_ body: (borrowing Snapshot) throws -> R) throws -> R { try pool.read(body) }

    /// Runs `body` in the next commit and returns its result after it.
    ///
    /// A body that throws is undone alone; the error reaches only its caller. Bodies run on the writer's thread: they
    /// must not wait for anything, nor call `read` or `write`.
    /// - Parameter isReclaiming: the body frees room; it may use the reserve of a disk that is full otherwise.
    /// - Throws: what `body` throws; `StorageError.full` and others where the commit failed, and then nothing was kept.
    @discardableResult
    public func write<R: Sendable>(
        _ durability: Durability = .synced, isReclaiming: Bool = false,
        _ body: @escaping @Sendable (inout Transaction) throws -> R
    ) async throws -> R {
        try await enqueue(durability, isInfallible: false, isReclaiming: isReclaiming, body)
    }

    /// As `write`, for a body that can only fail if the store does, such as an INSERT without constraints.
    ///
    /// It runs without a savepoint of its own, which makes it cheaper; if it throws nevertheless, its whole batch fails.
    @discardableResult
    public func append<R: Sendable>(
        _ durability: Durability = .written, _ body: @escaping @Sendable (inout Transaction) throws -> R
    ) async throws -> R {
        try await enqueue(durability, isInfallible: true, isReclaiming: false, body)
    }

    /// As `append`, or as `write` where the body is fallible, without suspending: `done` is told of the outcome on the
    /// writer's thread, or at once if refused.
    public func submit(
        _ durability: Durability = .written, isInfallible: Bool = true,
        _ body: @escaping @Sendable (inout Transaction) throws -> Void,
        done: @escaping @Sendable ((any Error)?) -> Void = { _ in }
    ) {
        do {
            try queue.put(SubmittedWrite(durability, isInfallible: isInfallible, body, done))
        } catch { done(error) }
    }

    /// Registers what is told of the areas that a commit changed: on the writer's thread, after the COMMIT and before
    /// any of its callers is resumed. Whoever is answered after a change finds the hook done.
    public func onCommit(_ hook: @escaping @Sendable (Areas) -> Void) { hooks.addCommit(hook) }

    /// Registers what is told that bodies have been undone: an item that threw, a batch that failed, a reset.
    ///
    /// Called on the writer's thread before the next body, with the state as it now is: whoever keeps something derived
    /// from the database between write bodies, such as the journal's last hash, reads it again here.
    public func onRewind(_ hook: @escaping @Sendable (borrowing Snapshot) throws -> Void) { hooks.addRewind(hook) }

    /// How many writes wait for the writer now: a measure of load.
    public var waitingWrites: Int { queue.count }

    /// Finishes the waiting writes, refuses new reads and writes, and ends the store's threads. May be called twice.
    public func close() {
        queue.close()
        threads[0].join()
        maintenance.close()
        lateSync.close()
        threads[1].join()
        threads[2].join()
        pool.close()
        maintenance.finish()
    }

    private func enqueue<R: Sendable>(
        _ durability: Durability, isInfallible: Bool, isReclaiming: Bool,
        _ body: @escaping @Sendable (inout Transaction) throws -> R
    ) async throws -> R {
        try await withUnsafeThrowingContinuation { continuation in
            let item = AwaitedWrite(
                durability, isInfallible: isInfallible, isReclaiming: isReclaiming, body, continuation)
            do { try queue.put(item) } catch { continuation.resume(throwing: error) }
        }
    }
}
