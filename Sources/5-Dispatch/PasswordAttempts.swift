public import World

/// Slows down whoever guesses passwords: after a few wrong ones each further one has to wait, twice as long every time.
///
/// What is counted is told by a key: whose password it is, or where the guesses come from. A guess that has to wait is
/// refused unread and does not count, so the wait ends by itself, for its owner too. Kept in memory, for as many keys as
/// fit; a new start forgets them.
public final class PasswordAttempts: Sendable {
    /// How a guess ended.
    public enum Outcome: Sendable { case right, wrong, undecided }

    /// A guess under way.
    public struct Attempt: Sendable {
        fileprivate let key: String
        fileprivate let time: Instant
    }

    /// A guess that has to wait.
    public struct Delay: Error {
        /// When the next one is looked at.
        public let until: Instant
    }

    private struct Count {
        var wrong = 0
        var underWay = 0
        var last: Instant
        /// Nil where nothing has to wait, wherever the clock is moved.
        var until: Instant?
    }

    private let counts = Lock<[String: Count]>([:])
    private let free: Int

    /// The longest wait, in seconds.
    static let longest: Int64 = 900
    private static let capacity = 20_000
    /// Seconds after which what was wrong is forgotten.
    private static let memory: Int64 = 86_400

    /// - Parameter free: how many wrong ones cost nothing.
    public init(free: Int = 5) { self.free = free }

    /// - Throws: `Delay` where the key has to wait.
    public func admit(_ key: String, at now: Instant) throws -> Attempt {
        try counts.withLock { counts in
            if counts.count >= PasswordAttempts.capacity, counts[key] == nil {
                PasswordAttempts.forget(&counts, now)
            }
            var count = counts[key] ?? Count(last: now)
            if now.seconds - count.last.seconds > PasswordAttempts.memory { count.wrong = 0 }
            // Guesses at the same time count as if they were wrong, else many would be checked before one counts.
            let isBusy = count.wrong + count.underWay >= free && count.underWay > 0
            let until = count.until ?? now
            guard until <= now, !isBusy else { throw Delay(until: max(until, now + .seconds(1))) }
            count.underWay += 1
            counts[key] = count
            return Attempt(key: key, time: now)
        }
    }

    /// Counts how it ended.
    public func end(_ attempt: Attempt, _ outcome: Outcome) {
        counts.withLock { counts in
            guard var count = counts[attempt.key] else { return }
            count.underWay = max(0, count.underWay - 1)
            switch outcome {
            case .right:
                count.wrong = 0
                count.until = nil
            case .wrong:
                count.wrong += 1
                count.last = attempt.time
                let delay = delay(after: count.wrong)
                count.until = delay > 0 ? attempt.time + .seconds(delay) : nil
            case .undecided: break
            }
            counts[attempt.key] = count.wrong == 0 && count.underWay == 0 ? nil : count
        }
    }

    /// Takes one wrong guess back, which turned out to be the right one.
    public func forgive(_ key: String) {
        counts.withLock { counts in
            guard var count = counts[key] else { return }
            count.wrong = max(0, count.wrong - 1)
            if delay(after: count.wrong) == 0 { count.until = nil }
            counts[key] = count.wrong == 0 && count.underWay == 0 ? nil : count
        }
    }

    /// Forgets what was wrong, as after a new password.
    public func clear(_ key: String) { counts.withLock { $0[key] = nil } }

    /// Forgets everything.
    public func clearAll() { counts.withLock { $0.removeAll() } }

    /// Seconds: none for the first few, then 1, 2, 4 and so on.
    func delay(after wrong: Int) -> Int64 {
        wrong < free ? 0 : min(PasswordAttempts.longest, 1 << Int64(min(wrong - free, 30)))
    }

    /// Those that wait for nothing go first; where all wait, those that were longest quiet.
    private static func forget(_ counts: inout [String: Count], _ now: Instant) {
        counts = counts.filter { $0.value.underWay > 0 || $0.value.until ?? now > now }
        guard counts.count >= capacity else { return }
        for (key, _) in counts.sorted(by: { $0.value.last < $1.value.last }).prefix(capacity / 4) { counts[key] = nil }
    }
}
