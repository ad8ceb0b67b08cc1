public import World

/// Tells of contents that found no room: each is counted, and one line a minute goes to the log.
public final class FullDisk: Sendable {
    private struct State {
        var count = 0
        /// How many came since the last line, and when that was, in nanoseconds of the monotonic clock.
        var untold = 0
        var lastLine: UInt64?
    }

    private let state = Lock(State())
    private let log: Log
    private let clock: any Clock

    /// Nanoseconds from one line to the next.
    private static let pause: UInt64 = 60 * 1_000_000_000

    /// For one folder of contents.
    public init(_ log: Log, _ clock: any Clock) { (self.log, self.clock) = (log, clock) }

    /// How many contents were refused.
    public var count: Int { state.withLock { $0.count } }

    /// Called for each content that is refused.
    public func note() {
        let now = clock.monotonicNanoseconds()
        let told: Int? = state.withLock { state in
            state.count += 1
            state.untold += 1
            if let last = state.lastLine, now - last < FullDisk.pause { return nil }
            defer { state.untold = 0 }
            state.lastLine = now
            return state.untold
        }
        guard let told else { return }
        log(
            .error, "the disk has no room for contents of objects; uploads are refused until there is some",
            ["refused": "\(told)"])
    }
}
