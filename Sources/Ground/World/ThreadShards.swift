import CSystem

/// As many states as threads usually work, each behind a lock of its own: what a thread puts in, it finds again, and two
/// threads rarely meet.
///
/// For memories of things that can be made anew at any time. What is shared between threads that are busy with requests
/// costs more than making it twice: each use writes its reference count, which wanders from processor to processor.
public final class ThreadShards<State>: Sendable {
    private let shards: [Lock<State>]
    private static var count: Int { 8 }

    /// - Parameter state: the first state of each shard.
    public init(_ state: @autoclosure () -> State) {
        var shards: [Lock<State>] = []
        for _ in 0..<ThreadShards.count { shards.append(Lock(state())) }
        self.shards = shards
    }

    /// Runs `body` on the state of the calling thread. As with `Lock`, it must not wait for anything.
    @discardableResult
    public func withLock<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        try shards[ThreadNumber.current % ThreadShards.count].withLock(body)
    }
}

extension ThreadShards {
    /// Runs `body` on the state of each shard, one after the other.
    public func forEach(_ body: (inout State) -> Void) {
        for shard in shards { shard.withLock { body(&$0) } }
    }
}

extension ThreadShards where State: Sendable {
    /// The states of all shards, one after the other.
    public var all: [State] { shards.map { shard in shard.withLock { $0 } } }
}

/// A small number of the calling thread's own.
public enum ThreadNumber {
    public static var current: Int { Int(gh_thread_number()) }
}
