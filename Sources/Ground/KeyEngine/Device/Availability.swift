import World

/// Whether a device is there, as its last calls show, and what the log is told of it.
///
/// Gone from the first call that shows it, until one succeeds; and while calls that were given up are still in the device, it
/// is not whole, whatever the others do. Each kind of line is written at most once in a while: some of what provokes them is
/// the callers' to choose.
final class Availability: Sendable {
    private struct State {
        var reason: String?
        /// Whether the log knows of the reason.
        var isTold = false
        /// When each line was written last, and how often it was not.
        var told: [String: (at: UInt64, unsaid: Int)] = [:]

        /// Nil where it is to be left out; else how often it was.
        mutating func unsaid(_ line: String, _ now: UInt64) -> Int? {
            guard let last = told[line], now &- last.at < Availability.pause else {
                defer { told[line] = (now, 0) }
                return told[line]?.unsaid ?? 0
            }
            told[line] = (last.at, last.unsaid + 1)
            return nil
        }
    }
    /// Between two lines of a kind, in nanoseconds.
    private static let pause: UInt64 = 10_000_000_000

    private let state = Lock(State())
    private let clock = SystemClock()
    private let log: Log?

    init(_ log: Log?) { self.log = log }

    /// Why the device cannot be used, or not wholly; nil where it can.
    var reason: String? { state.withLock { $0.reason } }

    /// A call showed that it is gone.
    func isGone(_ reason: String) {
        let now = clock.monotonicNanoseconds()
        let isSaid = state.withLock { state in
            state.reason = reason
            guard !state.isTold, state.unsaid("unavailable", now) != nil else { return false }
            state.isTold = true
            return true
        }
        if isSaid { log?(.error, "the HSM is unavailable", ["reason": reason]) }
    }

    /// A call succeeded in time. - Parameter isWhole: whether no call that was given up is left.
    func works(isWhole: Bool) {
        let isSaid = state.withLock { state in
            guard isWhole, state.reason != nil else { return false }
            defer { (state.reason, state.isTold) = (nil, false) }
            return state.isTold
        }
        if isSaid { log?(.info, "the HSM is available again") }
    }

    /// It works, and said no.
    func refused(_ reason: String) {
        let now = clock.monotonicNanoseconds()
        guard let unsaid = state.withLock({ $0.unsaid("refused", now) }) else { return }
        log?(.error, "the HSM refused a call", ["reason": reason, "before": "\(unsaid) more"])
    }
}
