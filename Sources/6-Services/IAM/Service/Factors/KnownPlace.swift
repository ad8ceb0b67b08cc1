import Storage
import World

/// Addresses from which somebody proved a code. Guesses from elsewhere do not lock the codes that come from there.
enum KnownPlace {
    private static let most = 16
    /// Of what is longer ago nothing is known any more.
    private static let memory = Duration.seconds(-180 * 86_400)

    static func isKnown(
        _ address: String, to owner: String, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> Bool {
        try snapshot.exists(
            "SELECT 1 FROM iam_factor_place WHERE owner = ? AND address = ? AND last > ?", .text(owner),
            .text(address), .int((now + memory).milliseconds))
    }

    /// Keeps the latest, and no locks of those that go.
    static func note(_ address: String, of owner: String, at now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM iam_factor_place WHERE last <= ?", .int((now + memory).milliseconds))
        try transaction.run(
            "INSERT OR REPLACE INTO iam_factor_place (owner, address, last) VALUES (?, ?, ?)", .text(owner),
            .text(address), .int(now.milliseconds))
        try transaction.run(
            """
            DELETE FROM iam_factor_place WHERE owner = ?1 AND address NOT IN
                (SELECT address FROM iam_factor_place WHERE owner = ?1 ORDER BY last DESC LIMIT ?2)
            """, .text(owner), .number(most))
        try transaction.run(
            """
            DELETE FROM iam_factor_lock WHERE owner = ?1 AND address != '' AND address NOT IN
                (SELECT address FROM iam_factor_place WHERE owner = ?1)
            """, .text(owner))
    }

    /// Forgets where somebody was, whose device was taken away: it may have been another who proved its codes.
    static func forget(_ owner: String, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM iam_factor_place WHERE owner = ?", .text(owner))
        try transaction.run("DELETE FROM iam_factor_lock WHERE owner = ? AND address != ''", .text(owner))
    }
}
