public import World

/// Runs the chores, one after the other, on a thread of its own: once a second unless told otherwise, and when the clock was
/// moved.
///
/// Whether something is due the product's clock says; how often is looked, the machine's.
public final class ChoreRunner: Sendable {
    private struct State {
        var isWanted = true
        var isStopped = false
        /// The outcome of the work that the thread waits for: whether there is more.
        var done: Result<Bool, any Error>?
    }

    private let chores: [any Chore]
    private let world: World
    private let state = Monitor(State())
    private let thread = Lock<WorkerThread?>(nil)

    /// Milliseconds between two looks.
    private let interval: Int
    /// How often a chore may have more to do before it is the next one's turn.
    private static let turns = 100

    /// Nothing runs before `start`.
    /// - Parameter interval: milliseconds between two looks.
    public init(_ chores: [any Chore], _ world: World, every interval: Int = 1000) {
        (self.chores, self.world, self.interval) = (chores, world, interval)
    }

    /// Begins. Called once.
    public func start() {
        let worker = WorkerThread("chores") { [self] in
            while awaitTurn() { for chore in chores { run(chore) } }
        }
        thread.withLock { $0 = worker }
    }

    /// Looks soon: the clock was moved.
    public func wake() {
        state.withLock { $0.isWanted = true }
        state.wakeAll()
    }

    /// Ends, without waiting for the work under way: that may need the very thread that stops. Called before the store is
    /// closed, which refuses what comes later; what is left is done after the next start.
    public func stop() {
        state.withLock { $0.isStopped = true }
        state.wakeAll()
        thread.withLock { $0 }?.join()
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    /// False at the end.
    private func awaitTurn() -> Bool {
        state.wait(until: { $0.isWanted || $0.isStopped }, milliseconds: interval) { state in
            state.isWanted = false
            return !state.isStopped
        }
    }

    /// A failure ends the chore's turn; the next look gives it another.
    private func run(_ chore: any Chore) {
        do {
            for _ in 0..<ChoreRunner.turns {
                guard !isStopped, try tend(chore) else { return }
            }
        } catch {
            world.log(.warning, "a chore failed; it is tried again later", ["name": chore.name, "reason": "\(error)"])
        }
    }

    /// Waits on this thread, which is the runner's own, for work that may wait for a device.
    private func tend(_ chore: any Chore) throws -> Bool {
        let now = world.clock.now()
        state.withLock { $0.done = nil }
        Task { [state] in
            let done: Result<Bool, any Error>
            do { done = .success(try await chore.tend(now)) } catch { done = .failure(error) }
            state.withLock { $0.done = done }
            state.wakeAll()
        }
        return try state.wait(until: { $0.done != nil || $0.isStopped }) { $0.done }?.get() ?? false
    }
}
