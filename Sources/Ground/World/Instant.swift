/// A point in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Any number of milliseconds is a time, also one that a damaged row or a stranger's request holds: arithmetic with it
/// ends at the first or the last of them and never traps.
public struct Instant: Hashable, Comparable, Sendable {
    public var milliseconds: Int64

    @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        milliseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Whole seconds, rounded down.
    @inlinable public var seconds: Int64 { milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0) }

    /// What is left beside the whole seconds: 0 to 999.
    @inlinable public var millisecondOfSecond: Int { Int((milliseconds % 1000 + 1000) % 1000) }

    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    public static func + (instant: Instant, duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        let (sum, overflow) = instant.milliseconds.addingReportingOverflow(
            Instant(seconds: seconds).milliseconds)
        let (exact, overflowAgain) = sum.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        guard !overflow, !overflowAgain else { return Instant(milliseconds: duration < .zero ? .min : .max) }
        return Instant(milliseconds: exact)
    }

    public static func - (left: Instant, right: Instant) -> Duration {
        .milliseconds(left.milliseconds) - .milliseconds(right.milliseconds)
    }
}
