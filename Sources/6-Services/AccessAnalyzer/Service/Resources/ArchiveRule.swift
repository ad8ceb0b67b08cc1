import AccessAnalyzerAPI
import Storage
import World

/// What an analyzer archives as soon as it is found.
struct ArchiveRule: Sendable {
    let name: String
    let filter: FindingFilter
    let created: Instant
    let updated: Instant
    let token: String?

    /// - Source: IAM User Guide, "IAM Access Analyzer quotas".
    static let limit: Int64 = 100

    private init(_ row: borrowing Row) throws {
        (name, filter) = (row.text(0), try FindingFilter(stored: row.text(1)))
        (created, updated) = (Instant(milliseconds: row.int(2)), Instant(milliseconds: row.int(3)))
        token = row.textOrNull(4)
    }

    static func find(_ name: String, of analyzer: Analyzer, _ snapshot: borrowing Snapshot) throws -> ArchiveRule? {
        try snapshot.first(
            """
            SELECT name, filter, created, updated, token FROM access_analyzer_rule
            WHERE account = ? AND region = ? AND name = ?
            """, analyzer.accountValue, analyzer.regionValue, .text(name), make: ArchiveRule.init)
    }

    static func list(of analyzer: Analyzer, after name: String, limit: Int, _ snapshot: borrowing Snapshot) throws
        -> [ArchiveRule]
    {
        try snapshot.rows(
            """
            SELECT name, filter, created, updated, token FROM access_analyzer_rule
            WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?
            """, analyzer.accountValue, analyzer.regionValue, .text(name), .number(limit), each: ArchiveRule.init)
    }

    /// Whether one archives a new finding.
    /// - Parameter rules: read at the first time.
    static func isAny(
        for finding: StoredFinding, of analyzer: Analyzer, _ rules: inout [ArchiveRule]?, _ snapshot: borrowing Snapshot
    ) throws -> Bool {
        let known = try rules ?? list(of: analyzer, after: "", limit: Int(limit), snapshot)
        rules = known
        return known.contains { $0.filter.matches(finding) }
    }

    static func count(of analyzer: Analyzer, _ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.number(
            "SELECT count(*) FROM access_analyzer_rule WHERE account = ? AND region = ?", analyzer.accountValue,
            analyzer.regionValue)
    }

    /// Makes it, or gives one that there is another filter.
    static func put(
        _ name: String, _ filter: FindingFilter, token: String?, of analyzer: Analyzer, at now: Instant,
        _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO access_analyzer_rule (account, region, name, filter, created, updated, token)
            VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)
            ON CONFLICT (account, region, name) DO UPDATE SET filter = excluded.filter, updated = excluded.updated
            """, analyzer.accountValue, analyzer.regionValue, .text(name), .text(filter.text),
            .int(now.milliseconds), .textOrNull(token))
    }

    func delete(of analyzer: Analyzer, _ transaction: inout Transaction) throws {
        try transaction.run(
            "DELETE FROM access_analyzer_rule WHERE account = ? AND region = ? AND name = ?", analyzer.accountValue,
            analyzer.regionValue, .text(name))
    }

    var shape: AccessAnalyzer.ArchiveRuleSummary {
        .init(ruleName: name, filter: filter.criteria, createdAt: created, updatedAt: updated)
    }
}
