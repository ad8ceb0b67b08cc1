import Journal
import Storage
import World

/// What users, roles and root users did, by service and action: the last time and Region of each.
///
/// Gathered from records of the journal, refused calls included: by `AccessObserver` into tables, and for those it has not come
/// to yet by whoever asks.
struct GatheredUses: Sendable {
    /// When and where something was last done.
    struct Last: Sendable {
        var time: Instant
        var region: String
    }

    /// An action of a service; the action is empty for data events.
    struct Part: Hashable, Sendable {
        let service: String
        let action: String
    }

    private(set) var owners: [String: [Part: Last]] = [:]
    private(set) var keys: [String: (last: Last, service: String)] = [:]

    mutating func add(_ use: RecordedUse) {
        let (part, last) = (Part(service: use.service, action: use.action), Last(time: use.time, region: use.region))
        if let known = owners[use.callerID]?[part], known.time > use.time { return }
        owners[use.callerID, default: [:]][part] = last
        // Temporary keys are nobody's to look up.
        if !use.accessKeyID.isEmpty, !use.accessKeyID.hasPrefix("ASIA") { keys[use.accessKeyID] = (last, use.service) }
    }

    /// Keeps what is later than what is there, of those who are there: of whoever was deleted, or never had an identity here,
    /// nobody can ask.
    func store(_ transaction: inout Transaction) throws {
        for (owner, parts) in owners {
            guard try GatheredUses.isSomebody(owner, transaction.snapshot) else { continue }
            for (part, last) in parts {
                try transaction.run(
                    """
                    INSERT INTO iam_access_use (owner, service, action, time, region) VALUES (?1, ?2, ?3, ?4, ?5)
                    ON CONFLICT (owner, service, action) DO UPDATE SET time = excluded.time, region = excluded.region
                    WHERE excluded.time >= time
                    """, .text(owner), .text(part.service), .text(part.action), .int(last.time.milliseconds),
                    .text(last.region))
            }
        }
        for (key, use) in keys {
            try transaction.run(
                """
                INSERT INTO iam_key_use (key, time, region, service)
                SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM iam_access_key WHERE id = ?1)
                ON CONFLICT (key) DO UPDATE SET time = excluded.time, region = excluded.region, service = excluded.service
                WHERE excluded.time >= time
                """, .text(key), .int(use.last.time.milliseconds), .text(use.last.region), .text(use.service))
        }
    }

    /// A user, a role, or the root user of an account.
    private static func isSomebody(_ id: String, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists(
            """
            SELECT 1 WHERE EXISTS (SELECT 1 FROM iam_user WHERE id = ?1) OR EXISTS (SELECT 1 FROM iam_role WHERE id = ?1)
                OR EXISTS (SELECT 1 FROM iam_account WHERE id = ?1)
            """, .text(id))
    }

    /// How far the tables reach: a position of the journal.
    static func cursor(_ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.number("SELECT position FROM iam_access_cursor WHERE id = 1")
    }

    /// An answer reads so many records at most behind the tables' end. There are more only while a new table is being filled,
    /// and then the answer is late, as AWS's are by hours.
    private static let mostBehind: Int64 = 50_000

    /// What the tables do not tell yet.
    static func behindTables(_ snapshot: borrowing Snapshot) throws -> GatheredUses {
        var gathered = GatheredUses()
        let from = try cursor(snapshot) + 1
        let end = try min(Journal.recordCount(snapshot), from + mostBehind)
        if from <= end { try Journal.uses(from: from, through: end, snapshot) { gathered.add($0) } }
        return gathered
    }

    /// When and where an owner last did anything, as the tables say: for answers that must be quick.
    static func last(of owner: String, _ snapshot: borrowing Snapshot) throws -> Last? {
        try snapshot.first(
            "SELECT time, region FROM iam_access_use WHERE owner = ? ORDER BY time DESC LIMIT 1", .text(owner)
        ) { Last(time: Instant(milliseconds: $0.int(0)), region: $0.text(1)) }
    }
}
