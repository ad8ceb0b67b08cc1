import World

/// The threads on which calls wait for a device; nobody waits for longer than the patience.
///
/// A call that a device does not answer cannot be taken back. So its caller is told when the patience ends, waiting for a
/// thread included; and when the call itself has lasted as long, its thread is given up: a fresh one takes its place, and it
/// ends with its call, should that ever come back. No more are given up and replaced than there are threads to begin with.
/// When none is left, calls are refused at once, until one comes back. Calls that no thread took up in time are never made,
/// and no more may wait than will have their turn in half the patience, as calls last just now.
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
        /// In nanoseconds.
        let patience: UInt64
        /// When its caller is told.
        let deadline: UInt64
        /// When it was made.
        var begun: UInt64 = 0
        /// Does the work, and tells the caller unless he was told before.
        let make: @Sendable () -> Void
        let refuse: @Sendable (Refusal) -> Void
    }

    /// A call made on the way to the caller, who is told once.
    private typealias Waiting<Result> = Lock<(@Sendable (Swift.Result<Result, any Error>) -> Void)?>

    private struct State {
        var waiting: [Call] = []
        var underWay: [Int: Call] = [:]
        var calls = 0
        /// At work or idle, and given up.
        var live: Int
        var lost = 0
        /// How long calls last, in nanoseconds: the mean of the last few.
        var usual: UInt64 = 0
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

        /// How many threads are missing, counted as there: they are to be started.
        func fill(_ state: inout State) -> Int {
            let missing = max(0, min(count, 2 * count - state.lost) - state.live)
            state.live += missing
            return missing
        }

        /// How many calls will have their turn in half the patience.
        func room(_ state: State, _ patience: Int, _ limit: Int) -> Int {
            guard state.usual > 0 else { return limit }
            let turns = UInt64(patience) * 500_000 / state.usual
            return max(count, Int(min(UInt64(limit), turns * UInt64(state.live))))
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

    /// How many calls are in the device whose callers do not wait any more.
    public var lateCalls: Int {
        let now = shared.clock.monotonicNanoseconds()
        return shared.state.withLock { state in
            state.lost + state.underWay.values.count { $0.deadline <= now }
        }
    }

    /// Runs `body` on a thread and resumes the caller with its result, or when the patience ends.
    /// - Throws: `Refusal`, or what `body` throws.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withUnsafeThrowingContinuation { continuation in
            enter(patience, body) { continuation.resume(with: $0) }
        }
    }

    /// The same for a thread that may wait, such as a command's.
    /// - Parameters:
    ///   - patience: in milliseconds.
    ///   - notice: called where it takes a while.
    public func wait<Result: Sendable>(
        patience: Int, notice: () -> Void = {}, _ body: @escaping @Sendable () throws -> Result
    ) throws -> Result {
        let outcome = Monitor<Swift.Result<Result, any Error>?>(nil)
        enter(patience, body) { result in
            outcome.withLock { $0 = result }
            outcome.wakeAll()
        }
        let isThere = outcome.wait(until: { $0 != nil }, milliseconds: 2000) { $0 != nil }
        if !isThere { notice() }
        while true {
            let result = outcome.wait(until: { $0 != nil }) { $0 }
            if let result { return try result.get() }
        }
    }

    private func enter<Result: Sendable>(
        _ patience: Int, _ body: @escaping @Sendable () throws -> Result,
        _ tell: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void
    ) {
        let waiting = Waiting<Result>(tell)
        let patience = UInt64(patience) * 1_000_000
        let deadline = shared.clock.monotonicNanoseconds() + patience
        let (refusal, begins) = shared.state.withLock { state -> (Refusal?, Bool) in
            if state.isClosed { return (.closed, false) }
            // The watch tries again to start threads that could not be.
            let isShort = state.live < min(shared.count, 2 * shared.count - state.lost)
            if state.live == 0 {
                defer { state.isWatched = state.isWatched || isShort }
                return (.stuck, isShort && !state.isWatched)
            }
            if state.waiting.count >= shared.room(state, self.patience, limit) { return (.full, false) }
            state.calls += 1
            state.waiting.append(
                Call(number: state.calls, patience: patience, deadline: deadline) {
                    let result = Swift.Result { try body() }
                    waiting.take()?(result)
                } refuse: {
                    waiting.take()?(.failure($0))
                })
            defer { state.isWatched = true }
            return (nil, !state.isWatched)
        }
        if let refusal { waiting.take()?(.failure(refusal)) } else { shared.state.wakeOne() }
        guard begins else { return }
        shared.watch.withLock { $0.asked += 1 }
        shared.watch.wakeAll()
    }

    /// Refuses new calls, and ends the threads when the waiting ones are done. Does not wait for them.
    public func close() {
        shared.state.withLock { $0.isClosed = true }
        shared.state.wakeAll()
        shared.watch.withLock { $0.isClosed = true }
        shared.watch.wakeAll()
    }

    /// Where the system has no thread left, there is one fewer until the watch tries again.
    private static func start(_ shared: Shared) {
        if WorkerThread(ifPossible: shared.name, { work(shared) }) == nil { shared.state.withLock { $0.live -= 1 } }
    }

    private enum Turn { case make(Call), refuse(Call), end }

    private static func work(_ shared: Shared) {
        while true {
            let turn: Turn = shared.state.wait(until: { !$0.waiting.isEmpty || $0.isClosed }) { state in
                guard !state.waiting.isEmpty else { return .end }
                var call = state.waiting.removeFirst()
                call.begun = shared.clock.monotonicNanoseconds()
                guard call.begun < call.deadline else { return .refuse(call) }
                state.underWay[call.number] = call
                return .make(call)
            }
            switch turn {
            case .end: return
            case .refuse(let call): call.refuse(.late)
            case .make(let call):
                call.make()
                let lasted = shared.clock.monotonicNanoseconds() - call.begun
                let goesOn = shared.state.withLock { state in
                    if state.underWay.removeValue(forKey: call.number) != nil {
                        state.usual = state.usual == 0 ? lasted : (state.usual * 7 + lasted) / 8
                        return true
                    }
                    // It was given up. It goes on where no other has taken its place.
                    state.lost -= 1
                    guard state.live < shared.count else { return false }
                    state.live += 1
                    return true
                }
                guard goesOn else { return }
            }
        }
    }

    /// Tells the callers whose patience is over.
    private static func watch(_ shared: Shared, every pause: Int) {
        while true {
            let isClosed = shared.watch.wait(until: { $0.asked > 0 || $0.isClosed }) { watch in
                watch.asked = 0
                return watch.isClosed
            }
            while check(shared) {
                shared.watch.wait(until: { _ in false }, milliseconds: pause) { _ in }
            }
            // Nothing comes after the close: this was the last look.
            if isClosed { return }
        }
    }

    /// - Returns: whether there is more to watch.
    private static func check(_ shared: Shared) -> Bool {
        let now = shared.clock.monotonicNanoseconds()
        let (late, stuck, fresh, isMore) = shared.state.withLock { state -> ([Call], [Call], Int, Bool) in
            var late = state.underWay.values.filter { $0.deadline <= now }
            for call in state.underWay.values where call.begun + call.patience <= now {
                state.underWay[call.number] = nil
                state.lost += 1
                state.live -= 1
            }
            late += state.waiting.filter { $0.deadline <= now }
            state.waiting.removeAll { $0.deadline <= now }
            let fresh = shared.fill(&state)
            var stuck: [Call] = []
            if state.live == 0 { swap(&stuck, &state.waiting) }
            state.isWatched = !state.underWay.isEmpty || !state.waiting.isEmpty
            return (late, stuck, fresh, state.isWatched)
        }
        for _ in 0..<fresh { start(shared) }
        for call in late { call.refuse(.late) }
        for call in stuck { call.refuse(.stuck) }
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
