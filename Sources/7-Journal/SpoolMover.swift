import Synchronization
import World

/// Asks for the spool to be emptied a few milliseconds after something was put there, one request at a time.
final class SpoolMover: Sendable {
    private struct State {
        var isWanted = false
        var isUrgent = false
        var isBusy = false
        var isStopped = false
    }

    private let state = Monitor(State())
    /// As `isWanted` in the state, to be seen without the lock. Whoever sees true has put his record before the mover
    /// looks: both take the spool's lock in between.
    private let isWanted = Atomic(false)
    private let thread = Lock<WorkerThread?>(nil)

    /// How long records gather before they are moved. Each move is a commit, which ends the snapshots and empties the page
    /// caches of all readers, so there should be few. With the store's late sync it bounds what power loss takes: 100 ms.
    static let gathering = 20

    /// - Parameter move: called on a thread of its own; calls back when done.
    func start(_ move: @escaping @Sendable (_ done: @escaping @Sendable () -> Void) -> Void) {
        let worker = WorkerThread("journal-mover") { [self] in
            while awaitWork() { move { self.finished() } }
        }
        thread.withLock { $0 = worker }
    }

    /// Something was put. `isUrgent` where there is little room left.
    func wake(_ isUrgent: Bool) {
        if !isUrgent, isWanted.load(ordering: .acquiring) { return }
        let isNews = state.withLock { state in
            let isNews = !state.isWanted || (isUrgent && !state.isUrgent)
            state.isWanted = true
            isWanted.store(true, ordering: .releasing)
            if isUrgent { state.isUrgent = true }
            return isNews
        }
        if isNews { state.wakeAll() }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        state.wakeAll()
        thread.withLock { $0 }?.join()
    }

    private func finished() {
        state.withLock { $0.isBusy = false }
        state.wakeAll()
    }

    /// False at the end.
    private func awaitWork() -> Bool {
        state.wait(until: { ($0.isWanted && !$0.isBusy) || $0.isStopped }, then: { _ in })
        state.wait(until: { $0.isUrgent || $0.isStopped }, milliseconds: SpoolMover.gathering, then: { _ in })
        return state.withLock { state in
            guard !state.isStopped else { return false }
            (state.isWanted, state.isUrgent, state.isBusy) = (false, false, true)
            isWanted.store(false, ordering: .releasing)
            return true
        }
    }
}
