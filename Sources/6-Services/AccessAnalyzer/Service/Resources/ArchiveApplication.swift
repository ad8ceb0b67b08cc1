import AWS
import Door
import Storage
import World

/// An archive rule on its way through the findings that were there when it was applied. In one transaction it gets past a few
/// of them, so that nobody's change waits for all. It is written down until it is done: what a crash cuts short goes on.
struct ArchiveApplication: Sendable {
    /// What it is found by: the analyzer, and the id of the call.
    struct Name: Sendable {
        let account: AccountID
        let region: Region
        /// Its own, whoever's it is.
        let id: String

        init(of analyzer: Analyzer, id: String) { (account, region, self.id) = (analyzer.account, analyzer.region, id) }

        fileprivate init(_ row: borrowing Row) throws {
            (account, region) = (try AccountID.stored(row.text(0)), try Region.stored(row.text(1)))
            id = row.text(2)
        }

        fileprivate var values: (account: SQLValue, region: SQLValue, id: SQLValue) {
            (.text(account.description), .text(region.description), .text(id))
        }
    }

    private let name: Name
    /// As the rule was when it was applied.
    private let filter: FindingFilter
    private let began: Instant
    /// The last finding that was looked at.
    private let position: String

    /// How many findings are looked at in one transaction, …
    private static let looked = 500
    /// … and archived.
    private static let archived = 100

    init(_ name: Name, _ filter: FindingFilter, at now: Instant) {
        (self.name, self.filter, began, position) = (name, filter, now, "")
    }

    /// Columns: filter, began, position.
    private init(_ row: borrowing Row, _ name: Name) throws {
        self.name = name
        filter = try FindingFilter(stored: row.text(0))
        (began, position) = (Instant(milliseconds: row.int(1)), row.text(2))
    }

    /// One that is not done; nil where all are.
    /// - Parameter passed: ids of those to pass over.
    static func next(passing passed: Set<String>, _ snapshot: borrowing Snapshot) throws -> Name? {
        var next: Name?
        try snapshot.scan("SELECT account, region, id FROM access_analyzer_application") { row in
            guard !passed.contains(row.text(2)) else { return true }
            next = try Name(row)
            return false
        }
        return next
    }

    /// Begins, and writes down what is left, if anything is.
    func begin(of analyzer: Analyzer, _ transaction: inout Transaction) throws {
        guard let position = try archive(of: analyzer, &transaction) else { return }
        let key = name.values
        try transaction.run(
            """
            INSERT INTO access_analyzer_application (account, region, id, filter, began, position)
            VALUES (?, ?, ?, ?, ?, ?)
            """, key.account, key.region, key.id, .text(filter.text), .int(began.milliseconds), .text(position))
    }

    /// Gets past a few more findings. False where all is done, or the analyzer is gone and all of this with it.
    static func goOn(with name: Name, _ transaction: inout Transaction) throws -> Bool {
        let key = name.values
        let found = try transaction.first(
            """
            SELECT filter, began, position FROM access_analyzer_application
            WHERE account = ? AND region = ? AND id = ?
            """, key.account, key.region, key.id
        ) { try ArchiveApplication($0, name) }
        guard let found, let analyzer = try Analyzer.find(in: name.account, name.region, transaction.snapshot) else {
            return false
        }
        guard let position = try found.archive(of: analyzer, &transaction) else {
            try transaction.run(
                "DELETE FROM access_analyzer_application WHERE account = ? AND region = ? AND id = ?", key.account,
                key.region, key.id)
            return false
        }
        try transaction.run(
            "UPDATE access_analyzer_application SET position = ? WHERE account = ? AND region = ? AND id = ?",
            .text(position), key.account, key.region, key.id)
        return true
    }

    /// - Returns: the last finding that was looked at; nil where there are no more.
    private func archive(of analyzer: Analyzer, _ transaction: inout Transaction) throws -> String? {
        let page = try StoredFinding.page(
            of: analyzer, filter, after: position, limit: ArchiveApplication.archived,
            reach: ArchiveApplication.looked, transaction.snapshot)
        for finding in page.findings where finding.status == .active && finding.created <= began {
            try finding.set(.archived, at: max(began, finding.updated), analyzed: false, &transaction)
        }
        return page.next
    }
}
