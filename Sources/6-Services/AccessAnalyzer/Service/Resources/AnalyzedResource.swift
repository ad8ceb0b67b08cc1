import Storage
import World

/// A resource that an analyzer looked at.
struct AnalyzedResource: Sendable {
    let arn: String
    let type: String
    /// Of what was found the last time.
    let digest: String
    let created: Instant
    let analyzed: Instant
    let updated: Instant

    private init(_ row: borrowing Row) {
        (arn, type, digest) = (row.text(0), row.text(1), row.text(2))
        (created, analyzed) = (Instant(milliseconds: row.int(3)), Instant(milliseconds: row.int(4)))
        updated = Instant(milliseconds: row.int(5))
    }

    static func find(_ arn: String, of analyzer: Analyzer, _ snapshot: borrowing Snapshot) throws -> AnalyzedResource? {
        try snapshot.first(
            """
            SELECT arn, type, digest, created, analyzed, updated FROM access_analyzer_resource
            WHERE account = ? AND region = ? AND arn = ?
            """, analyzer.accountValue, analyzer.regionValue, .text(arn)
        ) { AnalyzedResource($0) }
    }

    /// In the order of their ARNs. - Parameter type: nil for all.
    static func list(
        of analyzer: Analyzer, type: String?, after arn: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [AnalyzedResource] {
        try snapshot.rows(
            """
            SELECT arn, type, digest, created, analyzed, updated FROM access_analyzer_resource
            WHERE account = ?1 AND region = ?2 AND arn > ?3 AND (?4 IS NULL OR type = ?4) ORDER BY arn LIMIT ?5
            """, analyzer.accountValue, analyzer.regionValue, .text(arn), .textOrNull(type), .number(limit)
        ) { AnalyzedResource($0) }
    }

    static func put(
        _ arn: String, type: String, digest: String, of analyzer: Analyzer, at now: Instant,
        _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO access_analyzer_resource (account, region, arn, type, digest, created, analyzed, updated)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6)
            ON CONFLICT (account, region, arn) DO UPDATE SET analyzed = excluded.analyzed,
                updated = CASE WHEN digest = excluded.digest THEN updated ELSE excluded.updated END,
                digest = excluded.digest
            """, analyzer.accountValue, analyzer.regionValue, .text(arn), .text(type), .text(digest),
            .int(now.milliseconds))
        try transaction.run(
            "UPDATE access_analyzer SET last_resource = ?, last_analyzed = ? WHERE account = ? AND region = ?",
            .text(arn), .int(now.milliseconds), analyzer.accountValue, analyzer.regionValue)
    }

    static func remove(_ arn: String, of analyzer: Analyzer, _ transaction: inout Transaction) throws {
        try transaction.run(
            "DELETE FROM access_analyzer_resource WHERE account = ? AND region = ? AND arn = ?",
            analyzer.accountValue, analyzer.regionValue, .text(arn))
    }
}
