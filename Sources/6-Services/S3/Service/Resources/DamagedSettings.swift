import S3API
public import Storage

/// Rows by which a bucket does something on its own, and which cannot be read: what they say is not done, and only that.
public struct DamagedSettings: Sendable, Hashable {
    /// What it is, and of which bucket.
    public let what: String

    /// How many are told at most of each kind.
    private static let most = 100

    /// All that there are, some of each kind.
    public static func all(_ snapshot: borrowing Snapshot) throws -> [DamagedSettings] {
        try lifecycles(snapshot) + replications(snapshot) + inventories(snapshot) + websites(snapshot)
            + ReplicationTask.damaged(limit: most, snapshot).map {
                DamagedSettings(what: "version to be replicated, row \($0)")
            }
    }

    private static func lifecycles(_ snapshot: borrowing Snapshot) throws -> [DamagedSettings] {
        var found: [DamagedSettings] = []
        try snapshot.scan(
            """
            SELECT b.name, l.rules, l.minimum, l.stage FROM s3_lifecycle l JOIN s3_bucket b ON b.id = l.bucket
            ORDER BY l.bucket
            """
        ) { row in
            let isWhole =
                LifecyclePass.Stage(rawValue: row.int(3)) != nil
                && (try? LifecycleRules(stored: row.text(1), minimum: row.int(2))) != nil
            if !isWhole { found.append(DamagedSettings(what: "lifecycle of \(row.text(0))")) }
            return found.count < most
        }
        return found
    }

    private static func replications(_ snapshot: borrowing Snapshot) throws -> [DamagedSettings] {
        var found: [DamagedSettings] = []
        try snapshot.scan(
            """
            SELECT b.name, r.rules FROM s3_replication r JOIN s3_bucket b ON b.id = r.bucket ORDER BY r.bucket
            """
        ) { row in
            if (try? ReplicationRules(stored: row.text(1))) == nil {
                found.append(DamagedSettings(what: "replication rules of \(row.text(0))"))
            }
            return found.count < most
        }
        return found
    }

    private static func inventories(_ snapshot: borrowing Snapshot) throws -> [DamagedSettings] {
        var found: [DamagedSettings] = []
        try snapshot.scan(
            """
            SELECT b.name, i.id, i.configuration, r.stage FROM s3_inventory i JOIN s3_bucket b ON b.id = i.bucket
                LEFT JOIN s3_inventory_run r ON r.bucket = i.bucket AND r.id = i.id
            ORDER BY i.bucket, i.id
            """
        ) { row in
            let stage = row.intOrNull(3).map { InventoryRun.Stage(rawValue: $0) != nil }
            if stage == false || (try? InventoryPlan(stored: row.text(2), id: row.text(1))) == nil {
                found.append(DamagedSettings(what: "inventory \(row.text(1)) of \(row.text(0))"))
            }
            return found.count < most
        }
        return found
    }

    private static func websites(_ snapshot: borrowing Snapshot) throws -> [DamagedSettings] {
        var found: [DamagedSettings] = []
        try snapshot.scan(
            "SELECT b.name, w.site FROM s3_bucket_website w JOIN s3_bucket b ON b.id = w.bucket ORDER BY w.bucket"
        ) { row in
            if (try? WebsiteSettings(stored: row.text(1))) == nil {
                found.append(DamagedSettings(what: "website of \(row.text(0))"))
            }
            return found.count < most
        }
        return found
    }
}
