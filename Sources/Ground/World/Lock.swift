import CSystem

/// A lock around one state, over `pthread_mutex`.
///
/// Ours, because the thread sanitizer does not understand `Synchronization.Mutex` on Linux. The closure must not wait
/// for anything: a lock of ours guards a few loads and stores.
public final class Lock<State>: @unchecked Sendable {
    // The mutex and the state live as long as this object; both are touched only between lock and unlock.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var state: State

    public init(_ state: State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        let status = pthread_mutex_init(mutex, nil)
        precondition(status == 0, "no mutex could be made")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    @discardableResult
    public func withLock<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }
}
