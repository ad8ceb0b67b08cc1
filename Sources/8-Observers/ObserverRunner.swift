public import Storage
public import World

/// Runs the observers, one after the other, on a thread of its own: at the start, and after commits that have records.
///
/// Commits gather for a moment first, so that under load the thread looks twenty times a second and not with each commit.
public final class ObserverRunner: Sendable {
    private struct State {
        var isWanted = true
        var isBusy = false
        var isStopped = false
        /// The outcome of the write that the thread waits for.
        var written: Result<Void, any Error>?
    }

    private let observers: [any Observer]
    private let store: Store
    private let log: Log
    private let state = Monitor(State())
    private let thread = Lock<WorkerThread?>(nil)

    /// How long commits gather, in milliseconds.
    private static let gathering = 50

    public init(_ observers: [any Observer], on store: Store, log: Log) {
        (self.observers, self.store, self.log) = (observers, store, log)
        store.onCommit { [state] areas in
            guard areas.contains(.journal) else { return }
            let isNews = state.withLock { state in
                defer { state.isWanted = true }
                return !state.isWanted
            }
            if isNews { state.wakeAll() }
        }
    }

    /// Begins, with whatever an earlier process left undone. Called once.
    public func start() {
        let worker = WorkerThread("observers") { [self] in
            while awaitWork() {
                for observer in observers { run(observer) }
                state.withLock { $0.isBusy = false }
                state.wakeAll()
            }
        }
        thread.withLock { $0 = worker }
    }

    /// Ends after the step under way. Called before the store is closed; what is left is done after the next start.
    public func stop() {
        state.withLock { $0.isStopped = true }
        state.wakeAll()
        thread.withLock { $0 }?.join()
    }

    /// Waits, on this thread, until the observers have looked at everything committed so far.
    public func waitUntilIdle() { state.wait(until: { !$0.isWanted && !$0.isBusy || $0.isStopped }, then: { _ in }) }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    /// False at the end.
    private func awaitWork() -> Bool {
        state.wait(until: { $0.isWanted || $0.isStopped }, then: { _ in })
        state.wait(until: { $0.isStopped }, milliseconds: ObserverRunner.gathering, then: { _ in })
        return state.withLock { state in
            guard !state.isStopped else { return false }
            (state.isWanted, state.isBusy) = (false, true)
            return true
        }
    }

    /// A failure ends the observer's turn; the next commit gives it another.
    private func run(_ observer: any Observer) {
        do {
            while !isStopped {
                let steps = try store.read { try observer.advance($0) }
                if steps.isEmpty { return }
                for step in steps where !isStopped { try write(step) }
            }
        } catch {
            log(.warning, "an observer failed; it tries again later", ["name": observer.name, "reason": "\(error)"])
        }
    }

    private func write(_ step: @escaping ObserverStep) throws {
        state.withLock { $0.written = nil }
        store.submit(.written, isInfallible: false, step) { [state] error in
            state.withLock { $0.written = error.map { .failure($0) } ?? .success(()) }
            state.wakeAll()
        }
        try state.wait(until: { $0.written != nil }) { $0.written }?.get()
    }
}
