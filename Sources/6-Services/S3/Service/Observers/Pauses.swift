import World

/// What rests after it failed, each for a while: a chore looks at others meanwhile.
final class Pauses<Key: Hashable & Sendable>: Sendable {
    private let failed = Lock<[Key: Instant]>([:])

    /// Notes a failure.
    func begin(_ key: Key, at now: Instant) { failed.withLock { $0[key] = now } }

    /// Whether it failed less than so many milliseconds ago. A clock that was set back ends every pause.
    func hold(_ key: Key, at now: Instant, milliseconds: Int64) -> Bool {
        failed.withLock { failed in
            guard let last = failed[key] else { return false }
            if last <= now, now.milliseconds < last.milliseconds + milliseconds { return true }
            failed[key] = nil
            return false
        }
    }
}
