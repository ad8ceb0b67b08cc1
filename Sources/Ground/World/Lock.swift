import CSystem

/// A lock around one state, over `pthread_mutex`.
///
/// Ours, because the thread sanitizer does not understand `Synchronization.Mutex` on Linux. The closure must not wait
/// for anything: a lock of ours guards a few loads and stores.
public final class Lock<State>: @unchecked Sendable {
    // The mutex and the state live as long as this object; both are touched only between lock and unlock.
    // Behind a pointer, because what the mutex already excludes need not be watched for again at run time.
    // They lie together, and apart from other locks': two processors that use neighbours do not take one cache line from
    // each other.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let state: UnsafeMutablePointer<State>
    private static var lineBytes: Int { 64 }

    public init(_ state: State) {
        let alignment = max(Lock.lineBytes, MemoryLayout<State>.alignment)
        let mask = MemoryLayout<State>.alignment - 1
        let offset = (MemoryLayout<pthread_mutex_t>.size + mask) & ~mask
        let lines = (offset + MemoryLayout<State>.size + Lock.lineBytes - 1) / Lock.lineBytes
        let memory = UnsafeMutableRawPointer.allocate(byteCount: lines * Lock.lineBytes, alignment: alignment)
        self.state = (memory + offset).bindMemory(to: State.self, capacity: 1)
        self.state.initialize(to: state)
        mutex = memory.bindMemory(to: pthread_mutex_t.self, capacity: 1)
        let status = pthread_mutex_init(mutex, nil)
        precondition(status == 0, "no mutex could be made")
    }

    deinit {
        state.deinitialize(count: 1)
        pthread_mutex_destroy(mutex)
        UnsafeMutableRawPointer(mutex).deallocate()
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
