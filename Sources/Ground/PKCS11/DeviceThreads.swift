import World

/// The threads on which calls wait for a device; nobody waits for longer than the patience.
///
/// A call that a device does not answer cannot be taken back. So its caller is told when the patience ends, and the thread is
/// given up: a fresh one takes its place, and it ends with its call, should that ever come back. No more are given up and
/// replaced than there are threads to begin with. When none is left, calls are refused at once, until one comes back. Calls
/// that no thread took up in time are refused too, and never made.
public final class DeviceThreads: Sendable {
    /// Why a call was not made, or not waited for any longer.
    public enum Refusal: Error, Equatable {
        /// The patience ended before the call did, or before its turn.
        case late
        /// Every thread is in a call that does not come back.
        case stuck
        /// Too many calls wait, or there are to be no more.
        case full, closed
    }

    /// A caller who waits.
    private struct Call: Sendable {
        let number: Int
        let deadline: UInt64
        /// Does the work, and tells the caller unless he was told before.
        let make: @Sendable () -> Void
        let refuse: @Sendable (Refusal) -> Void
    }

    /// A call made on the way to the caller, who is told once.
    private typealias Waiting<Result> = Lock<UnsafeContinuation<Result, any Error>?>

    private struct State {
        var waiting: [Call] = []
        var underWay: [Int: Call] = [:]
        var calls = 0
        /// At work or idle, and given up.
        var live: Int
        var lost = 0
        var isWatched = false
        var isClosed = false
    }

    /// What threads share, which outlives the object while one of them is stuck.
    private final class Shared: Sendable {
        let state: Monitor<State>
        /// How often the watch was asked to begin.
        let watch = Monitor((asked: 0, isClosed: false))
        let clock = SystemClock()
        let name: String
        let count: Int

        init(_ name: String, _ count: Int) {
            (self.name, self.count) = (name, count)
            state = Monitor(State(live: count))
        }
    }

    /// How long a caller waits, in milliseconds.
    public let patience: Int
    private let limit: Int
    private let shared: Shared

    /// - Parameter limit: how many calls may wait for a thread.
    public init(_ name: String, threads count: Int, patience: Int, limit: Int = 4096) {
        (self.patience, self.limit) = (patience, limit)
        let shared = Shared(name, count)
        self.shared = shared
        for _ in 0..<count { DeviceThreads.start(shared) }
        // Often enough for the patience to be kept, while anything is under way; else the watch sleeps.
        let pause = max(5, min(250, patience / 8))
        _ = WorkerThread("\(name)-watch") { DeviceThreads.watch(shared, every: pause) }
    }

    deinit { close() }

    /// How many threads are in calls that were given up.
    public var lostThreads: Int { shared.state.withLock { $0.lost } }

    /// Runs `body` on a thread and resumes the caller with its result, or when the patience ends.
    /// - Throws: `Refusal`, or what `body` throws.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withUnsafeThrowingContinuation { continuation in
            let waiting = Waiting<Result>(continuation)
            let deadline = shared.clock.monotonicNanoseconds() + UInt64(patience) * 1_000_000
            let (refusal, begins) = shared.state.withLock { state -> (Refusal?, Bool) in
                if state.isClosed { return (.closed, false) }
                if state.live == 0 { return (.stuck, false) }
                if state.waiting.count >= limit { return (.full, false) }
                state.calls += 1
                state.waiting.append(
                    Call(number: state.calls, deadline: deadline) {
                        let result = Swift.Result { try body() }
                        waiting.take()?.resume(with: result)
                    } refuse: {
                        waiting.take()?.resume(throwing: $0)
                    })
                defer { state.isWatched = true }
                return (nil, !state.isWatched)
            }
            if let refusal {
                waiting.take()?.resume(throwing: refusal)
                return
            }
            shared.state.wakeOne()
            guard begins else { return }
            shared.watch.withLock { $0.asked += 1 }
            shared.watch.wakeAll()
        }
    }

    /// Refuses new calls, and ends the threads when the waiting ones are done. Does not wait for them.
    public func close() {
        shared.state.withLock { $0.isClosed = true }
        shared.state.wakeAll()
        shared.watch.withLock { $0.isClosed = true }
        shared.watch.wakeAll()
    }

    private static func start(_ shared: Shared) {
        _ = WorkerThread(shared.name) { work(shared) }
    }

    private static func work(_ shared: Shared) {
        while true {
            let call: Call? = shared.state.wait(until: { !$0.waiting.isEmpty || $0.isClosed }) { state in
                guard !state.waiting.isEmpty else { return nil }
                let call = state.waiting.removeFirst()
                state.underWay[call.number] = call
                return call
            }
            guard let call else { return }
            call.make()
            let (ends, isMissed) = shared.state.withLock { state in
                if state.underWay.removeValue(forKey: call.number) != nil { return (false, false) }
                // It was given up.
                state.lost -= 1
                let isMissed = state.live < shared.count
                if isMissed { state.live += 1 }
                return (true, isMissed)
            }
            if isMissed { start(shared) }
            if ends { return }
        }
    }

    /// Tells the callers whose patience is over.
    private static func watch(_ shared: Shared, every pause: Int) {
        while true {
            let isClosed = shared.watch.wait(until: { $0.asked > 0 || $0.isClosed }) { watch in
                watch.asked = 0
                return watch.isClosed
            }
            if isClosed { return }
            while check(shared) {
                shared.watch.wait(until: { _ in false }, milliseconds: pause) { _ in }
            }
        }
    }

    /// - Returns: whether there is more to watch.
    private static func check(_ shared: Shared) -> Bool {
        let now = shared.clock.monotonicNanoseconds()
        let (late, fresh, isMore) = shared.state.withLock { state -> ([Call], Int, Bool) in
            var late = state.underWay.values.filter { $0.deadline <= now }
            var fresh = 0
            for call in late {
                state.underWay[call.number] = nil
                state.lost += 1
                if state.lost <= shared.count { fresh += 1 } else { state.live -= 1 }
            }
            // Those that wait came in the order of their deadlines.
            let old = state.live == 0 ? state.waiting.count : state.waiting.prefix { $0.deadline <= now }.count
            late += state.waiting.prefix(old)
            state.waiting.removeFirst(old)
            state.isWatched = !state.underWay.isEmpty || !state.waiting.isEmpty
            return (late, fresh, state.isWatched)
        }
        for _ in 0..<fresh { start(shared) }
        for call in late { call.refuse(.late) }
        return isMore
    }
}

extension Lock {
    /// What it holds, which is gone from it then.
    fileprivate func take<Value>() -> Value? where State == Value? {
        withLock { state in
            defer { state = nil }
            return state
        }
    }
}
