import AWS
import AccessAnalyzerAPI
import Door
import Storage
import World

/// A finding of an analyzer.
struct StoredFinding: Sendable {
    enum Status: Int64 {
        case active = 0
        case archived = 1
        case resolved = 2

        var shape: AccessAnalyzer.FindingStatus {
            switch self {
            case .active: .active
            case .archived: .archived
            case .resolved: .resolved
            }
        }
    }

    let account: AccountID
    let region: Region
    let id: String
    let resource: String
    let type: String
    let access: ExternalAccess
    var status: Status
    let created: Instant
    let analyzed: Instant
    let updated: Instant

    init(
        of analyzer: Analyzer, id: String, resource: String, type: String, _ access: ExternalAccess, at now: Instant
    ) {
        (account, region) = (analyzer.account, analyzer.region)
        (self.id, self.resource, self.type, self.access) = (id, resource, type, access)
        (status, created, analyzed, updated) = (.active, now, now, now)
    }

    /// Columns: id, resource, type, access, status, created, analyzed, updated.
    private init(_ row: borrowing Row, of analyzer: Analyzer) throws {
        (account, region) = (analyzer.account, analyzer.region)
        (id, resource, type) = (row.text(0), row.text(1), row.text(2))
        access = try ExternalAccess(stored: row.text(3))
        status = Status(rawValue: row.int(4)) ?? .active
        (created, analyzed) = (Instant(milliseconds: row.int(5)), Instant(milliseconds: row.int(6)))
        updated = Instant(milliseconds: row.int(7))
    }

    static func find(_ id: String, of analyzer: Analyzer, _ snapshot: borrowing Snapshot) throws -> StoredFinding? {
        try snapshot.first(
            """
            SELECT id, resource, type, access, status, created, analyzed, updated FROM access_analyzer_finding
            WHERE account = ? AND region = ? AND id = ?
            """, analyzer.accountValue, analyzer.regionValue, .text(id)
        ) { try StoredFinding($0, of: analyzer) }
    }

    /// Those of a resource that are active or archived: no more than `SharingList.most`.
    static func unresolved(on resource: String, of analyzer: Analyzer, _ snapshot: borrowing Snapshot) throws
        -> [StoredFinding]
    {
        try snapshot.rows(
            """
            SELECT id, resource, type, access, status, created, analyzed, updated FROM access_analyzer_finding
            WHERE account = ? AND region = ? AND resource = ? AND status <> 2
            """, analyzer.accountValue, analyzer.regionValue, .text(resource)
        ) { try StoredFinding($0, of: analyzer) }
    }

    /// The one of a resource that tells of an access.
    static func find(
        _ identity: String, on resource: String, of analyzer: Analyzer, _ snapshot: borrowing Snapshot
    ) throws -> StoredFinding? {
        try snapshot.first(
            """
            SELECT id, resource, type, access, status, created, analyzed, updated FROM access_analyzer_finding
            WHERE account = ? AND region = ? AND resource = ? AND identity = ?
            """, analyzer.accountValue, analyzer.regionValue, .text(resource), .text(identity)
        ) { try StoredFinding($0, of: analyzer) }
    }

    /// Whether there is any on a resource, be it resolved.
    static func isAny(on resource: String, of analyzer: Analyzer, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists(
            "SELECT 1 FROM access_analyzer_finding WHERE account = ? AND region = ? AND resource = ? LIMIT 1",
            analyzer.accountValue, analyzer.regionValue, .text(resource))
    }

    /// How many are read for one page: where few match, it ends with fewer than it might have, and a token.
    static let reach = 5000

    /// Those that match, in the order of their ids, and where the next page begins; nil at the end.
    static func page(
        of analyzer: Analyzer, _ filter: FindingFilter, after id: String, limit: Int, reach: Int = StoredFinding.reach,
        _ snapshot: borrowing Snapshot
    ) throws -> (findings: [StoredFinding], next: String?) {
        var (found, read, last): ([StoredFinding], Int, String?) = ([], 0, nil)
        var isMore = false
        try snapshot.scan(
            """
            SELECT id, resource, type, access, status, created, analyzed, updated FROM access_analyzer_finding
            WHERE account = ? AND region = ? AND id > ? ORDER BY id
            """, analyzer.accountValue, analyzer.regionValue, .text(id)
        ) { row in
            let finding = try StoredFinding(row, of: analyzer)
            let fits = filter.matches(finding)
            guard read < reach, !(fits && found.count == limit) else {
                isMore = true
                return false
            }
            if fits { found.append(finding) }
            (read, last) = (read + 1, finding.id)
            return true
        }
        return (found, isMore ? last : nil)
    }

    /// Reads a few and throws where one cannot be read. - Returns: the last that was read; nil where there are no more.
    static func readOn(of analyzer: Analyzer, after id: String, _ snapshot: borrowing Snapshot) throws -> String? {
        let read = try snapshot.rows(
            """
            SELECT id, resource, type, access, status, created, analyzed, updated FROM access_analyzer_finding
            WHERE account = ? AND region = ? AND id > ? ORDER BY id LIMIT ?
            """, analyzer.accountValue, analyzer.regionValue, .text(id), .number(reach)
        ) { try StoredFinding($0, of: analyzer).id }
        return read.count == reach ? read.last : nil
    }

    func insert(_ identity: String, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO access_analyzer_finding
                (account, region, id, resource, type, identity, access, status, created, analyzed, updated)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(account.description), .text(region.description), .text(id), .text(resource), .text(type),
            .text(identity), .text(access.text), .int(status.rawValue), .int(created.milliseconds),
            .int(analyzed.milliseconds), .int(updated.milliseconds))
    }

    /// Analysed again. - Parameter access: how the access goes now.
    func keep(_ access: ExternalAccess, at now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            UPDATE access_analyzer_finding SET analyzed = ?1, access = ?2,
                updated = CASE WHEN access = ?2 THEN updated ELSE ?1 END
            WHERE account = ?3 AND region = ?4 AND id = ?5
            """, .int(now.milliseconds), .text(access.text), .text(account.description), .text(region.description),
            .text(id))
    }

    func set(_ status: Status, at now: Instant, analyzed isAnalyzed: Bool, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            UPDATE access_analyzer_finding SET status = ?1, updated = ?2,
                analyzed = CASE WHEN ?3 = 1 THEN ?2 ELSE analyzed END
            WHERE account = ?4 AND region = ?5 AND id = ?6
            """, .int(status.rawValue), .int(now.milliseconds), .bool(isAnalyzed), .text(account.description),
            .text(region.description), .text(id))
    }

    /// How long a resolved one is kept after its last change.
    /// - Source: IAM User Guide, "Resolving findings".
    private static let keptFor = Duration.seconds(-90 * 86_400)

    /// Removes some of those that were resolved long ago. True where there may be more.
    static func forget(at now: Instant, limit: Int, _ transaction: inout Transaction) throws -> Bool {
        try transaction.run(
            """
            DELETE FROM access_analyzer_finding WHERE (account, region, id) IN (
                SELECT account, region, id FROM access_analyzer_finding WHERE status = 2 AND updated < ? LIMIT ?)
            """, .int((now + keptFor).milliseconds), .number(limit)) == limit
    }

    static func isAnyOld(at now: Instant, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists(
            "SELECT 1 FROM access_analyzer_finding WHERE status = 2 AND updated < ? LIMIT 1",
            .int((now + keptFor).milliseconds))
    }
}
