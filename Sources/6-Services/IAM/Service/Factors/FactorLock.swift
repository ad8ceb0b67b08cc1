import Storage
import World

/// The lock against guessing codes, one for each user.
///
/// The first wrong codes are free. From the fifth in a row each locks the user's codes, for a minute at first, then twice
/// as long each time, an hour at most. What is brought meanwhile is refused unseen and does not lengthen the lock, so it
/// always ends. A right code opens it for good; so do two codes in a row (ResyncMFADevice, EnableMFADevice), which
/// nobody guesses, and whoever may deactivate a device. At most six codes of a million are good at any moment, and 24 are
/// looked at a day: guessing without pause succeeds once in some twenty years.
struct FactorLock: Sendable {
    let failures: Int64
    let lockedUntil: Instant

    private static let free: Int64 = 5
    private static let first: Int64 = 60
    private static let longest: Int64 = 3600

    static func find(_ owner: String, _ snapshot: borrowing Snapshot) throws -> FactorLock {
        try snapshot.first(
            "SELECT failures, locked_until FROM iam_factor_attempt WHERE owner = ?", .text(owner),
            make: { FactorLock(failures: $0.int(0), lockedUntil: Instant(milliseconds: $0.int(1))) })
            ?? FactorLock(failures: 0, lockedUntil: Instant(milliseconds: 0))
    }

    /// Nil where the owner's codes are looked at.
    func end(at now: Instant) -> Instant? { now < lockedUntil ? lockedUntil : nil }

    /// The lock after one more wrong code.
    func tightened(at now: Instant) -> FactorLock {
        let failures = failures + 1
        guard failures >= FactorLock.free else { return FactorLock(failures: failures, lockedUntil: lockedUntil) }
        let doublings = min(failures - FactorLock.free, 10)
        let seconds = min(FactorLock.first << doublings, FactorLock.longest)
        return FactorLock(failures: failures, lockedUntil: now + .seconds(seconds))
    }

    func store(for owner: String, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_factor_attempt (owner, failures, locked_until) VALUES (?1, ?2, ?3)
            ON CONFLICT (owner) DO UPDATE SET failures = ?2, locked_until = ?3
            """, .text(owner), .int(failures), .int(lockedUntil.milliseconds))
    }

    static func open(_ owner: String, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM iam_factor_attempt WHERE owner = ?", .text(owner))
    }
}
