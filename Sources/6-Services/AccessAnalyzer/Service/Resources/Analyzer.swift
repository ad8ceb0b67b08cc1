import AWS
import AccessAnalyzerAPI
import Door
import Storage
import World

/// The analyzer of external access that an account has in a Region. Its zone of trust is the account.
struct Analyzer: Sendable {
    let account: AccountID
    let region: Region
    let name: String
    let created: Instant
    /// Of the call that made it, and what that asked for.
    let token: String?
    let request: String
    let lastResource: String?
    let lastAnalyzed: Instant?
    let tags: [String: String]

    var arn: String { AnalyzerName(name, of: account, in: region).arn }
    var accountValue: SQLValue { .text(account.description) }
    var regionValue: SQLValue { .text(region.description) }

    static func find(in account: AccountID, _ region: Region, _ snapshot: borrowing Snapshot) throws -> Analyzer? {
        let tags = try snapshot.rows(
            "SELECT name, value FROM access_analyzer_tag WHERE account = ? AND region = ?",
            .text(account.description), .text(region.description)
        ) { ($0.text(0), $0.text(1)) }
        return try snapshot.first(
            """
            SELECT name, created, token, request, last_resource, last_analyzed FROM access_analyzer
            WHERE account = ? AND region = ?
            """, .text(account.description), .text(region.description)
        ) { row in
            Analyzer(
                account: account, region: region, name: row.text(0), created: Instant(milliseconds: row.int(1)),
                token: row.textOrNull(2), request: row.text(3), lastResource: row.textOrNull(4),
                lastAnalyzed: row.intOrNull(5).map(Instant.init(milliseconds:)),
                tags: Dictionary(tags) { first, _ in first })
        }
    }

    /// Of every account and Region.
    static func places(_ snapshot: borrowing Snapshot) throws -> [(account: AccountID, region: Region)] {
        try snapshot.rows("SELECT account, region FROM access_analyzer ORDER BY account, region") { row in
            (try AccountID.stored(row.text(0)), try Region.stored(row.text(1)))
        }
    }

    static func insert(
        _ name: AnalyzerName, token: String?, request: String, at now: Instant, _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            "INSERT INTO access_analyzer (account, region, name, created, token, request) VALUES (?, ?, ?, ?, ?, ?)",
            .text(name.account.description), .text(name.region.description), .text(name.name),
            .int(now.milliseconds), .textOrNull(token), .text(request))
        // Whoever analyses looks for it.
        transaction.touch(.resourcePolicies)
    }

    /// With all that it found.
    func delete(_ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM access_analyzer WHERE account = ? AND region = ?", accountValue, regionValue)
    }

    func setTags(_ tags: [String: String], _ transaction: inout Transaction) throws {
        for (name, value) in tags {
            try transaction.run(
                """
                INSERT INTO access_analyzer_tag (account, region, name, value) VALUES (?, ?, ?, ?)
                ON CONFLICT (account, region, name) DO UPDATE SET value = excluded.value
                """, accountValue, regionValue, .text(name), .text(value))
        }
    }

    func removeTags(_ names: [String], _ transaction: inout Transaction) throws {
        for name in names {
            try transaction.run(
                "DELETE FROM access_analyzer_tag WHERE account = ? AND region = ? AND name = ?", accountValue,
                regionValue, .text(name))
        }
    }

    /// - Parameter isScanned: whether it has looked at all there is once; nothing waits for that here.
    var shape: AccessAnalyzer.AnalyzerSummary {
        .init(
            arn: arn, name: name, type: .account, createdAt: created, lastResourceAnalyzed: lastResource,
            lastResourceAnalyzedAt: lastAnalyzed, tags: tags, status: .active)
    }
}

/// What names an analyzer.
struct AnalyzerName: Sendable {
    let account: AccountID
    let region: Region
    let name: String

    init(_ name: String, of account: AccountID, in region: Region) {
        (self.name, self.account, self.region) = (name, account, region)
    }

    /// `arn:aws:access-analyzer:region:account:analyzer/name`
    init(arn text: String) throws {
        guard let arn = ARN(text), arn.service == "access-analyzer", let account = arn.accountID,
            let region = Region(arn.region), arn.partition == region.partition, arn.resource.hasPrefix("analyzer/")
        else { throw Invalid.field("\(text) is not the ARN of an analyzer.") }
        let name = String(arn.resource.dropFirst("analyzer/".count))
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")) else {
            throw Invalid.field("\(text) is not the ARN of an analyzer.")
        }
        self.init(name, of: account, in: region)
    }

    var arn: String { "arn:\(region.partition):access-analyzer:\(region):\(account):analyzer/\(name)" }
}
