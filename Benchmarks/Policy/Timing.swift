import Authorization
import World

enum Timing {
    private static let clock = SystemClock()

    /// Nanoseconds.
    private static func time(_ body: () -> Void) -> Double {
        let start = clock.monotonicNanoseconds()
        body()
        return Double(clock.monotonicNanoseconds() - start)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// Nanoseconds.
    static func median(of rounds: Int, _ body: () -> Void) -> Double { median((0..<rounds).map { _ in time(body) }) }

    /// Nanoseconds of a decision, and how many were made in the time.
    static func decisions(_ asked: [Asked], _ set: PolicySet, seconds: Double) -> (Double, Int) {
        let end = clock.monotonicNanoseconds() + UInt64(seconds * 1e9)
        let size = max(1, 200 / asked.count) * asked.count
        var rounds: [Double] = []
        repeat {
            rounds.append(time { run(asked, set, count: size) } / Double(size))
        } while clock.monotonicNanoseconds() < end
        return (median(rounds), rounds.count * size)
    }

    /// Decides so many times, on each question in turn.
    @inline(never)
    static func run(_ asked: [Asked], _ set: PolicySet, count: Int) {
        var left = count
        var allowed = 0
        while left > 0 {
            for index in asked.indices.prefix(left) where asked[index].decision(set).isAllowed { allowed += 1 }
            left -= asked.count
        }
        precondition(allowed <= count)
    }
}
