import CSystem

/// A lock around one state, over `pthread_mutex`.
///
/// Ours, because the thread sanitizer does not understand `Synchronization.Mutex` on Linux. The closure must not wait
/// for anything: a lock of ours guards a few loads and stores.
public final class Lock<State>: @unchecked Sendable {
    // The mutex and the state live as long as this object; both are touched only between lock and unlock.
    // Behind a pointer, because what the mutex already excludes need not be watched for again at run time.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let state: UnsafeMutablePointer<State>

    public init(_ state: State) {
        self.state = .allocate(capacity: 1)
        self.state.initialize(to: state)
        mutex = .allocate(capacity: 1)
        let status = pthread_mutex_init(mutex, nil)
        precondition(status == 0, "no mutex could be made")
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    @discardableResult
    public func withLock<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state.pointee)
    }
}
