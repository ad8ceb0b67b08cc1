import Synchronization
import CSystem

/// What time it is. One instant is read per request and handed on; nobody else asks.
public protocol Clock: Sendable {
    /// The product's time: what records, credentials and conditions see. A test may have moved it.
    func now() -> Instant
    /// The machine's time, which nobody moves: signature ages are judged by it.
    func wallTime() -> Instant
    /// Nanoseconds since an arbitrary start, never going back: for limits and measurements.
    func monotonicNanoseconds() -> UInt64
}

/// The machine's clock, with an offset that test controls may set.
public final class SystemClock: Clock {
    private let offset = Atomic<Int64>(0)

    public init() {}

    public func wallTime() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    public func now() -> Instant {
        Instant(milliseconds: wallTime().milliseconds + offset.load(ordering: .acquiring))
    }

    public func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Moves the product's time by `milliseconds` relative to the machine's; zero returns to it.
    public func setOffset(milliseconds: Int64) { offset.store(milliseconds, ordering: .releasing) }
}

/// A clock that stands still until a test moves it.
public final class ManualClock: Clock {
    private let instant: Lock<Instant>

    public init(_ instant: Instant) { self.instant = Lock(instant) }

    public func now() -> Instant { instant.withLock { $0 } }
    public func wallTime() -> Instant { now() }
    public func monotonicNanoseconds() -> UInt64 { UInt64(max(0, now().milliseconds)) * 1_000_000 }
    public func advance(by duration: Duration) { instant.withLock { $0 = $0 + duration } }
}
