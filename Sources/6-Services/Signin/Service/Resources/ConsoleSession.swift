import AWS
import Storage
import World

/// A session of the console, as the server keeps it. The browser holds its secret; who has both has the session.
struct ConsoleSession: Sendable {
    let id: [UInt8]
    let account: AccountID
    /// A user's unique id, the account id for root; empty for a session that came from temporary credentials.
    let owner: String
    /// That of the password it began with. Under another the session is over.
    let version: Int64
    let created: Instant
    let expires: Instant
    let mfa: Instant?
    let agent: [UInt8]
    /// The sealed temporary credentials it came from.
    let grant: [UInt8]?

    /// Seconds that a session lasts which began with a password.
    /// - Source: AWS Sign-In User Guide: console sessions of users and of root end after twelve hours.
    static let life: Int64 = 43_200

    init(
        _ secret: String, _ account: AccountID, owner: String, version: Int64, created: Instant, expires: Instant,
        mfa: Instant?, agent: [UInt8], grant: [UInt8]? = nil
    ) {
        id = Secret.id(secret)
        (self.account, self.owner, self.version, self.created) = (account, owner, version, created)
        (self.expires, self.mfa, self.agent, self.grant) = (expires, mfa, agent, grant)
    }

    private init(_ row: borrowing Row) throws {
        guard let account = AccountID(row.text(1)) else { throw StorageError.corrupt("the account of a session") }
        (id, self.account, owner, version) = (row.blob(0), account, row.text(2), row.int(3))
        (created, expires) = (Instant(milliseconds: row.int(4)), Instant(milliseconds: row.int(5)))
        mfa = row.intOrNull(6).map { Instant(milliseconds: $0) }
        (agent, grant) = (row.blob(7), row.blobOrNull(8))
    }

    static func find(_ secret: String, at now: Instant, _ snapshot: borrowing Snapshot) throws -> ConsoleSession? {
        try snapshot.first(
            """
            SELECT id, account, owner, version, created, expires, mfa, agent, grant FROM signin_session
            WHERE id = ? AND expires > ?
            """, .blob(Secret.id(secret)), .int(now.milliseconds), make: ConsoleSession.init)
    }

    /// Those that are over go with each new one.
    func insert(_ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM signin_session WHERE expires <= ?", .int(created.milliseconds))
        try transaction.run(
            """
            INSERT INTO signin_session (id, account, owner, version, created, expires, mfa, agent, grant)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .blob(id), .text(account.description), .text(owner), .int(version), .int(created.milliseconds),
            .int(expires.milliseconds), .intOrNull(mfa?.milliseconds), .blob(agent), .blobOrNull(grant))
    }

    /// False where it was over already.
    func end(_ transaction: inout Transaction) throws -> Bool {
        try transaction.run("DELETE FROM signin_session WHERE id = ?", .blob(id)) > 0
    }

    /// Ends all of somebody's, such as after a new password.
    static func endAll(of owner: String, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM signin_session WHERE owner = ?", .text(owner))
    }
}

/// Addresses from which somebody signed in before. Guesses from elsewhere do not make them wait there.
enum KnownAddress {
    private static let most = 16
    /// Of what is longer ago nothing is known any more: neither an address nor somebody who is gone.
    private static let memory = Duration.seconds(-180 * 86_400)

    static func isKnown(_ address: String, to owner: String, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists(
            "SELECT 1 FROM signin_known WHERE owner = ? AND address = ?", .text(owner), .text(address))
    }

    static func note(_ address: String, of owner: String, at now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM signin_known WHERE last <= ?", .int((now + memory).milliseconds))
        try transaction.run(
            "INSERT OR REPLACE INTO signin_known (owner, address, last) VALUES (?, ?, ?)", .text(owner),
            .text(address), .int(now.milliseconds))
        try transaction.run(
            """
            DELETE FROM signin_known WHERE owner = ?1 AND address NOT IN
                (SELECT address FROM signin_known WHERE owner = ?1 ORDER BY last DESC LIMIT ?2)
            """, .text(owner), .number(most))
    }
}
