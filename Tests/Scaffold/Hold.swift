public import Storage
import World

/// Holds a store's writer inside a body, so that what follows goes into one commit.
public final class Hold: Sendable {
    private let state = Monitor((isOpen: false, isHeld: false))
    private let store: any StorageEngine

    /// Returns once the writer is held.
    public init(_ store: any StorageEngine) {
        self.store = store
        let state = state
        let wait: @Sendable (inout Transaction) -> Void = { _ in
            state.withLock { $0.isHeld = true }
            state.wakeAll()
            state.wait(until: { $0.isOpen }) { _ in }
        }
        store.submit(.written, isInfallible: true, wait, done: { _ in })
        state.wait(until: { $0.isHeld }) { _ in }
    }

    /// Returns once `count` items wait behind the writer, or `isOver` says that they will not come.
    public func whenWaiting(_ count: Int, or isOver: () -> Bool = { false }) async {
        while store.waitingWrites < count, !isOver() { await Task.yield() }
    }

    /// Lets the writer go on.
    public func open() {
        state.withLock { $0.isOpen = true }
        state.wakeAll()
    }
}
