import Door
import Storage
import World

/// The lock against guessing codes: for each user one on each way, and one more for each place the user is known at.
///
/// The first wrong codes are free. From the fifth in a row each locks the codes that come the same way, for a minute at
/// first, then twice as long each time, an hour at most. What is brought meanwhile is refused unseen and does not lengthen
/// the lock, so it always ends. A right code that comes the same way opens it for good; so do two codes in a row
/// (ResyncMFADevice, EnableMFADevice), which nobody guesses, on all ways.
///
/// Who guesses keeps nobody out for long: whoever holds an access key does not lock the console, whoever knows the password
/// does not lock the calls, and neither locks an address from which the user proved a code before. At most six codes of a
/// million are good at any moment, and 24 are looked at a day: guessing without pause on both ways succeeds once in some ten
/// years, and who guesses has no more ways than these unless from the user's own address.
struct FactorLock: Sendable {
    let failures: Int64
    let lockedUntil: Instant
    private let owner: String
    private let way: FactorPlace.Way
    /// Empty for all addresses at which the owner is not known.
    private let address: String

    private static let free: Int64 = 5
    private static let first: Int64 = 60
    private static let longest: Int64 = 3600

    /// The lock that codes from a place are under.
    static func find(
        _ owner: String, at place: FactorPlace, _ now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> FactorLock {
        let isKnown = try KnownPlace.isKnown(place.address, to: owner, at: now, snapshot)
        let address = isKnown ? place.address : ""
        func lock(_ failures: Int64, _ lockedUntil: Int64) -> FactorLock {
            FactorLock(
                failures: failures, lockedUntil: Instant(milliseconds: lockedUntil), owner: owner, way: place.way,
                address: address)
        }
        return try snapshot.first(
            "SELECT failures, locked_until FROM iam_factor_lock WHERE owner = ? AND way = ? AND address = ?",
            .text(owner), .text(place.way.rawValue), .text(address), make: { lock($0.int(0), $0.int(1)) }) ?? lock(0, 0)
    }

    /// Nil where the codes are looked at.
    func end(at now: Instant) -> Instant? { now < lockedUntil ? lockedUntil : nil }

    /// The lock after one more wrong code.
    func tightened(at now: Instant) -> FactorLock {
        let failures = failures + 1
        let doublings = min(failures - FactorLock.free, 10)
        let seconds = doublings < 0 ? 0 : min(FactorLock.first << doublings, FactorLock.longest)
        return FactorLock(
            failures: failures, lockedUntil: seconds == 0 ? lockedUntil : now + .seconds(seconds), owner: owner,
            way: way, address: address)
    }

    func store(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT OR REPLACE INTO iam_factor_lock (owner, way, address, failures, locked_until) VALUES (?, ?, ?, ?, ?)
            """, .text(owner), .text(way.rawValue), .text(address), .int(failures), .int(lockedUntil.milliseconds))
    }

    /// Opens this one alone.
    func open(_ transaction: inout Transaction) throws {
        try transaction.run(
            "DELETE FROM iam_factor_lock WHERE owner = ? AND way = ? AND address = ?", .text(owner),
            .text(way.rawValue), .text(address))
    }

    /// Opens all of the owner's.
    static func open(_ owner: String, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM iam_factor_lock WHERE owner = ?", .text(owner))
    }
}
