import Door
import World

extension PasswordAttempts {
    /// For IAM's own operations: a guess that has to wait is told so in IAM's words.
    func begin(_ owner: String, at now: Instant) throws -> Attempt {
        do { return try admit(owner, at: now) } catch is Delay { throw Throttled() }
    }
}
