import CSystem

/// A lock around one state on which threads can also wait, over `pthread_mutex` and `pthread_cond`.
///
/// For threads the house owns (the store's writer, blocking pools); never wait on one from a task.
public final class Monitor<State>: @unchecked Sendable {
    // Both live as long as this object; the state is touched only between lock and unlock.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    public init(_ state: State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        let made = pthread_mutex_init(mutex, nil) == 0 && pthread_cond_init(condition, &attributes) == 0
        precondition(made, "no monitor could be made")
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Changes the state without waking anyone.
    @discardableResult
    public func withLock<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Waits until `ready` holds, or for at most `milliseconds`; then changes the state under the same lock.
    @discardableResult
    public func wait<Result>(
        until ready: (State) -> Bool, milliseconds: Int? = nil, then body: (inout State) -> Result
    ) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if let milliseconds {
            var deadline = Monitor.deadline(after: milliseconds)
            while !ready(state), pthread_cond_timedwait(condition, mutex, &deadline) != ETIMEDOUT {}
        } else {
            while !ready(state) { pthread_cond_wait(condition, mutex) }
        }
        return body(&state)
    }

    public func wakeOne() { pthread_cond_signal(condition) }
    public func wakeAll() { pthread_cond_broadcast(condition) }

    private static func deadline(after milliseconds: Int) -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let nanoseconds = time.tv_nsec + (milliseconds % 1000) * 1_000_000
        time.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        return time
    }
}
