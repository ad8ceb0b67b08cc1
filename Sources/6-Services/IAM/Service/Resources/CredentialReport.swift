import AWS
import Door
import Storage
import World

/// The state of an account's credential report: asked for, being written, or done.
struct CredentialReport: Sendable {
    let account: AccountID
    /// Counts the account's reports; the parts of the one before are removed.
    let number: Int64
    let started: Instant
    /// Nil while it is being written.
    let completed: Instant?
    /// The key of the last user written; empty before the first.
    let after: String
    let parts: Int64

    /// For so long a report is given, and no other is made.
    /// - Source: IAM User Guide, "Generate credential reports for your AWS account".
    private static let lifetime = Duration.seconds(4 * 3600)

    func isFresh(at now: Instant) -> Bool { now - (completed ?? started) < CredentialReport.lifetime }

    private init(_ row: borrowing Row) throws {
        account = try AccountID.stored(row.text(0))
        (number, started) = (row.int(1), Instant(milliseconds: row.int(2)))
        completed = row.intOrNull(3).map { Instant(milliseconds: $0) }
        (after, parts) = (row.text(4), row.int(5))
    }

    static func find(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> CredentialReport? {
        try snapshot.first(
            """
            SELECT account, number, started, completed, after, parts FROM iam_credential_report WHERE account = ?
            """, .text(account.description), make: CredentialReport.init)
    }

    /// One that is to be gone on with.
    static func firstUnfinished(_ snapshot: borrowing Snapshot) throws -> CredentialReport? {
        try snapshot.first(
            """
            SELECT account, number, started, completed, after, parts FROM iam_credential_report
            WHERE completed IS NULL ORDER BY started LIMIT 1
            """, make: CredentialReport.init)
    }

    static func request(_ account: AccountID, at now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_credential_report (account, number, started, after, parts) VALUES (?1, 1, ?2, '', 0)
            ON CONFLICT (account) DO UPDATE
            SET number = number + 1, started = excluded.started, completed = NULL, after = '', parts = 0
            """, .text(account.description), .int(now.milliseconds))
    }

    /// Adds the next rows. Does nothing where the report has moved on, or another was asked for.
    func add(
        _ rows: [UInt8], through name: String, completed: Instant?, _ transaction: inout Transaction
    ) throws {
        let changed = try transaction.run(
            """
            UPDATE iam_credential_report SET after = ?1, parts = parts + 1, completed = ?2
            WHERE account = ?3 AND number = ?4 AND parts = ?5 AND completed IS NULL
            """, .text(name), .intOrNull(completed?.milliseconds), .text(account.description), .int(number), .int(parts)
        )
        guard changed == 1 else { return }
        try transaction.run(
            "INSERT INTO iam_credential_report_part (account, number, part, rows) VALUES (?, ?, ?, ?)",
            .text(account.description), .int(number), .int(parts), .blob(rows))
    }

    func content(_ snapshot: borrowing Snapshot) throws -> [UInt8] {
        var content: [UInt8] = []
        try snapshot.scan(
            "SELECT rows FROM iam_credential_report_part WHERE account = ? AND number = ? ORDER BY part",
            .text(account.description), .int(number)
        ) { row in
            row.withSpan(0) { content.append(copying: $0) }
            return true
        }
        return content
    }

    /// A part of a report that is over, if there is one: removed one by one, since parts are large.
    static func obsoletePart(_ snapshot: borrowing Snapshot) throws -> (account: String, number: Int64)? {
        try snapshot.first(
            """
            SELECT p.account, p.number FROM iam_credential_report r JOIN iam_credential_report_part p
            ON p.account = r.account AND p.number < r.number LIMIT 1
            """
        ) { ($0.text(0), $0.int(1)) }
    }

    static func removePart(of account: String, _ number: Int64, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            DELETE FROM iam_credential_report_part WHERE account = ?1 AND number = ?2 AND part = (
                SELECT min(part) FROM iam_credential_report_part WHERE account = ?1 AND number = ?2)
            """, .text(account), .int(number))
    }
}
