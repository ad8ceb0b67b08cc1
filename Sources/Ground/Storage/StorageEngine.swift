/// What the house asks of whatever keeps its state: the contract that each engine meets.
///
/// `Store`, on SQLite, is the engine there is; the house names it directly, so that nothing on the way of a request goes
/// through an existential. A second engine meets this protocol, and `Tests/StorageTests/Contract` runs over every engine
/// listed in its `Engine.all`. Where the house should then choose, the choice belongs below `Store`, in what a `Snapshot`
/// asks its rows of: a protocol cannot have associated types that may not be copied (Swift 6.3), so both engines lend the
/// same two types.
///
/// **Reads.** A body gets one consistent view, fixed by its first query. It sees what was committed before that and
/// nothing else, however long it takes; two queries of one body never disagree. It cannot change anything. A read waits
/// for no write, and ends before `read` returns: nothing of the view can be kept.
///
/// **Writes.** Bodies run one at a time, in the order in which they were handed in, each on the state the one before it
/// left, so that the history is serial; a body reads its own changes. Each is an item with a savepoint of its own: one
/// that throws is undone alone, its error goes to its caller alone, and its neighbours commit. `append` and `submit` are
/// for bodies that can fail only if the engine does: they have no savepoint, and one that throws fails its whole batch.
///
/// **Group commit.** All items that wait are committed together, up to a limit. No caller is told of success before the
/// commit has returned; if it fails, none of the batch is kept and each caller gets the error.
///
/// **Durability.** `Durability.synced` survives the loss of power from the reply on; `.written` survives the end of the
/// process from the reply on, and the loss of power from 100 ms after it. One synced item makes its whole batch synced. In
/// a temporary folder nothing outlives the folder, and nothing is synced. After a failed sync no write is acknowledged any
/// more: each throws `StorageError.closed`.
///
/// **Hooks.** `onCommit` is told of the areas that a commit touched, after the commit and before any of its callers; areas
/// of undone items are not among them. `onRewind` is told of each undoing before the next body runs, with the state as it
/// then is. Both run on the writer's thread.
///
/// **Errors.** `StorageError.full`: no room; nothing of the item, or of its batch where the commit failed, was kept, reads
/// go on, and items that free room (`isReclaiming`) find the room kept for them. `.overloaded`: too many items wait; the
/// body never ran. `.constraint`: a constraint of the schema refused, told by column and never by value. `.corrupt`: what
/// is stored cannot be right. A body's own error comes back as it was thrown. Errors of a busy engine are not for callers:
/// an engine that can lose a serialization race runs the body again, for which bodies have no effects outside.
///
/// **Close.** Waits for the items that were handed in, refuses what comes after with `.closed`, and may be called twice.
///
/// **SQL** comes in string literals of the program, with `?` or `?1` for parameters; an engine renders what its dialect
/// writes otherwise. Text compares by its bytes.
public protocol StorageEngine: Sendable {
    /// Runs `body` on one consistent view, on this thread.
    func read<R>(_ body: (borrowing Snapshot) throws -> R) throws -> R

    /// Runs `body` in the next commit and returns its result after it.
    /// - Parameter isReclaiming: the body frees room, and is run although there is none.
    @discardableResult
    func write<R: Sendable>(
        _ durability: Durability, isReclaiming: Bool, _ body: @escaping @Sendable (inout Transaction) throws -> R
    ) async throws -> R

    /// As `write`, for a body that cannot fail by itself.
    @discardableResult
    func append<R: Sendable>(
        _ durability: Durability, _ body: @escaping @Sendable (inout Transaction) throws -> R
    ) async throws -> R

    /// As `append`, or as `write` where the body is not infallible, without suspending: `done` is told of the outcome.
    func submit(
        _ durability: Durability, isInfallible: Bool, _ body: @escaping @Sendable (inout Transaction) throws -> Void,
        done: @escaping @Sendable ((any Error)?) -> Void)

    /// Registers what is told of the areas that each commit changed.
    func onCommit(_ hook: @escaping @Sendable (Areas) -> Void)

    /// Registers what is told that bodies have been undone.
    func onRewind(_ hook: @escaping @Sendable (borrowing Snapshot) throws -> Void)

    /// Empties every table and lets `initial` write the first rows, in one commit that touches every area.
    func reset(to initial: @escaping @Sendable (inout Transaction) throws -> Void) async throws

    /// How many items wait now.
    var waitingWrites: Int { get }

    /// Finishes what waits and refuses what comes.
    func close()
}

extension Store: StorageEngine {}
