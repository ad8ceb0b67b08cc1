import AWS
import AccessAnalyzerAPI
import Formats
import Storage
import World

/// One generation of policies, which is done when it is stored.
struct PolicyJob: Sendable {
    let id: String
    let principal: String
    let started: Instant
    let completed: Instant
    /// What went wrong; nil where the generation succeeded.
    let error: Fault?
    /// The documents, each a text.
    let policies: [String]
    /// False where something was done that no policy could be made for.
    let isComplete: Bool
    /// True where the caller took the generation back, and with it the policies.
    var isCanceled = false

    struct Fault: Sendable {
        let code: AccessAnalyzer.JobErrorCode
        let message: String
    }

    /// - Source: IAM User Guide, "IAM Access Analyzer quotas".
    static let mostInADay: Int64 = 50

    /// Jobs are listed for seven days, and then forgotten: when the oldest job may have been started that still is.
    /// - Source: Access Analyzer API Reference, "ListPolicyGenerations".
    static func oldest(_ now: Instant) -> Instant { now + .seconds(-7 * 86_400) }
    /// From when on jobs count for the day's quota.
    static func dayBefore(_ now: Instant) -> Instant { now + .seconds(-86_400) }

    var status: AccessAnalyzer.JobStatus { isCanceled ? .canceled : error == nil ? .succeeded : .failed }

    static func find(_ id: String, of account: AccountID, since: Instant, _ snapshot: borrowing Snapshot) throws
        -> PolicyJob?
    {
        try snapshot.first(
            """
            SELECT id, principal, started, completed, error, message, policies, is_complete, is_canceled
            FROM access_analyzer_generation WHERE account = ? AND id = ? AND started >= ?
            """, .text(account.description), .text(id), .int(since.milliseconds)
        ) { try PolicyJob($0) }
    }

    /// The newest first.
    static func all(of account: AccountID, since: Instant, _ snapshot: borrowing Snapshot) throws -> [PolicyJob] {
        try snapshot.rows(
            """
            SELECT id, principal, started, completed, error, message, policies, is_complete, is_canceled
            FROM access_analyzer_generation WHERE account = ? AND started >= ? ORDER BY started DESC, id
            """, .text(account.description), .int(since.milliseconds)
        ) { try PolicyJob($0) }
    }

    /// The job that was started with a client token, and for whom.
    static func find(token: String, of account: AccountID, since: Instant, _ snapshot: borrowing Snapshot) throws
        -> (id: String, principal: String)?
    {
        try snapshot.first(
            "SELECT id, principal FROM access_analyzer_generation WHERE account = ? AND token = ? AND started >= ?",
            .text(account.description), .text(token), .int(since.milliseconds)
        ) { ($0.text(0), $0.text(1)) }
    }

    static func count(of account: AccountID, since: Instant, _ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.number(
            "SELECT count(*) FROM access_analyzer_generation WHERE account = ? AND started > ?",
            .text(account.description), .int(since.milliseconds))
    }

    /// Keeps the job, canceled, without its policies.
    func cancel(of account: AccountID, _ transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE access_analyzer_generation SET is_canceled = 1, policies = '[]' WHERE account = ? AND id = ?",
            .text(account.description), .text(id))
    }

    /// Stores the job, and forgets those of the account that are not listed any more.
    func insert(of account: AccountID, token: String?, _ transaction: inout Transaction) throws {
        try transaction.run(
            "DELETE FROM access_analyzer_generation WHERE account = ? AND started < ?", .text(account.description),
            .int(PolicyJob.oldest(started).milliseconds))
        var json = JSONWriter()
        json.beginArray()
        for policy in policies { json.string(policy) }
        json.endArray()
        try transaction.run(
            """
            INSERT INTO access_analyzer_generation
                (account, id, principal, token, started, completed, error, message, policies, is_complete)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(account.description), .text(id), .text(principal), token.map { .text($0) } ?? .null,
            .int(started.milliseconds), .int(completed.milliseconds), error.map { .text($0.code.rawValue) } ?? .null,
            error.map { .text($0.message) } ?? .null, .text(json.text), .int(isComplete ? 1 : 0))
    }
}

extension PolicyJob {
    /// The columns as the queries above name them.
    fileprivate init(_ row: borrowing Row) throws {
        var json = JSONReader(Array(row.text(6).utf8))
        var policies: [String] = []
        try json.beginArray()
        while try json.nextElement() { policies.append(try json.readString()) }
        self.init(
            id: row.text(0), principal: row.text(1), started: Instant(milliseconds: row.int(2)),
            completed: Instant(milliseconds: row.int(3)),
            error: row.textOrNull(4).map { Fault(code: .init(rawValue: $0), message: row.text(5)) }, policies: policies,
            isComplete: row.bool(7), isCanceled: row.bool(8))
    }
}
