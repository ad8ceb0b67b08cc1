import Storage
import World

/// Something that is good once and soon over: a sign-in token of the federation endpoint, a code of `aws login`.
enum Ticket {
    enum Kind: String { case signinToken, authorizationCode, refreshToken, proof }

    static func put(
        _ secret: String, _ kind: Kind, _ content: [UInt8], until expires: Instant, now: Instant,
        _ transaction: inout Transaction
    ) throws {
        try transaction.run("DELETE FROM signin_ticket WHERE expires <= ?", .int(now.milliseconds))
        try transaction.run(
            "INSERT INTO signin_ticket (id, kind, content, expires) VALUES (?, ?, ?, ?)", .blob(Secret.id(secret)),
            .text(kind.rawValue), .blob(content), .int(expires.milliseconds))
    }

    /// Its content, still good afterwards.
    static func find(_ secret: String, _ kind: Kind, at now: Instant, _ snapshot: borrowing Snapshot) throws -> [UInt8]?
    {
        try snapshot.first(
            "SELECT content FROM signin_ticket WHERE id = ? AND kind = ? AND expires > ?", .blob(Secret.id(secret)),
            .text(kind.rawValue), .int(now.milliseconds)
        ) { $0.blob(0) }
    }

    /// Its content, once.
    static func take(_ secret: String, _ kind: Kind, at now: Instant, _ transaction: inout Transaction) throws
        -> [UInt8]?
    {
        guard let content = try find(secret, kind, at: now, transaction.snapshot) else { return nil }
        try transaction.run("DELETE FROM signin_ticket WHERE id = ?", .blob(Secret.id(secret)))
        return content
    }
}
