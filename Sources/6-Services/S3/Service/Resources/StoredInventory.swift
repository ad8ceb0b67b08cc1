import S3API
import Storage
import World

/// The inventory configurations of buckets.
extension Bucket {
    func inventory(_ id: String, _ snapshot: borrowing Snapshot) throws -> InventoryPlan? {
        try snapshot.first(
            "SELECT configuration FROM s3_inventory WHERE bucket = ? AND id = ?", .int(self.id), .text(id)
        ) { try InventoryPlan(stored: $0.text(0), id: id) }
    }

    /// In the order of their ids, after one of them.
    func inventories(after id: String, limit: Int, _ snapshot: borrowing Snapshot) throws -> [InventoryPlan] {
        try snapshot.rows(
            "SELECT id, configuration FROM s3_inventory WHERE bucket = ? AND id > ? ORDER BY id LIMIT ?",
            .int(self.id), .text(id), .number(limit)
        ) { try InventoryPlan(stored: $0.text(1), id: $0.text(0)) }
    }

    /// - Source: S3 API Reference, "PutBucketInventoryConfiguration": 1,000 of a bucket.
    static let inventoryLimit: Int64 = 1000

    /// In the place of the one of that id. The first report is begun at once; one that was being written is given up.
    func put(_ plan: InventoryPlan, at now: Instant, in transaction: inout Transaction) throws {
        let others = try transaction.number(
            "SELECT count(*) FROM s3_inventory WHERE bucket = ? AND id <> ?", .int(id), .text(plan.id))
        guard others < Bucket.inventoryLimit else {
            throw S3.TooManyConfigurations(
                message: "You are attempting to create a new configuration but have already reached the "
                    + "1,000-configuration limit.")
        }
        try transaction.run("DELETE FROM s3_inventory WHERE bucket = ? AND id = ?", .int(id), .text(plan.id))
        try transaction.run(
            "INSERT INTO s3_inventory (bucket, id, configuration, due) VALUES (?, ?, ?, ?)", .int(id), .text(plan.id),
            .text(plan.stored), .intOrNull(plan.isEnabled ? now.milliseconds : nil))
    }

    /// - Returns: whether there was one.
    func removeInventory(_ id: String, in transaction: inout Transaction) throws -> Bool {
        try transaction.run("DELETE FROM s3_inventory WHERE bucket = ? AND id = ?", .int(self.id), .text(id)) > 0
    }
}

/// An inventory that is being written: how far it is.
struct InventoryRun: Sendable {
    enum Stage: Int64, Sendable {
        /// The numbers are those of the database.
        case data = 0
        case symlink = 1
        case manifest = 2
        case checksum = 3
    }

    struct File: Sendable {
        let key: String
        let size: Int64
        let md5: [UInt8]
    }

    let bucket: Int64
    let source: String
    let plan: InventoryPlan
    let started: Instant
    let stage: Stage
    /// The last that is listed.
    let position: Position

    /// A place within the bucket's versions.
    struct Position: Sendable, Equatable {
        var key: [UInt8]
        var place: Int64

        static let beginning = Position(key: [], place: .min)
    }

    /// Columns: r.bucket, b.name, i.id, i.configuration, r.started, r.stage, r.key, r.place.
    private init(_ row: borrowing Row) throws {
        (bucket, source) = (row.int(0), row.text(1))
        plan = try InventoryPlan(stored: row.text(3), id: row.text(2))
        started = Instant(milliseconds: row.int(4))
        guard let stage = Stage(rawValue: row.int(5)) else { throw Damaged.bucket(row.int(0)) }
        self.stage = stage
        position = Position(key: row.blob(6), place: row.int(7))
    }

    /// Which one it is.
    struct Name: Sendable, Hashable {
        let bucket: Int64
        let id: String
    }

    var name: Name { Name(bucket: bucket, id: plan.id) }

    /// All that are being written, the oldest first.
    static func names(_ snapshot: borrowing Snapshot) throws -> [Name] {
        try snapshot.rows("SELECT bucket, id FROM s3_inventory_run ORDER BY started, bucket, id") {
            Name(bucket: $0.int(0), id: $0.text(1))
        }
    }

    static func find(_ name: Name, _ snapshot: borrowing Snapshot) throws -> InventoryRun? {
        try snapshot.first(
            """
            SELECT r.bucket, b.name, i.id, i.configuration, r.started, r.stage, r.key, r.place
            FROM s3_inventory_run r JOIN s3_inventory i ON i.bucket = r.bucket AND i.id = r.id
                JOIN s3_bucket b ON b.id = r.bucket
            WHERE r.bucket = ? AND r.id = ?
            """, .int(name.bucket), .text(name.id), make: InventoryRun.init)
    }

    /// Seconds between two reports at most. What is due later was noted by a clock that was ahead, and is due.
    private static let longestPause: Int64 = 7 * 86_400

    static func isAnyDue(at now: Instant, _ snapshot: borrowing Snapshot) throws -> Bool {
        let latest = now + .seconds(longestPause)
        return try snapshot.exists("SELECT 1 FROM s3_inventory WHERE due <= ? LIMIT 1", .int(now.milliseconds))
            || snapshot.exists("SELECT 1 FROM s3_inventory WHERE due > ? LIMIT 1", .int(latest.milliseconds))
    }

    /// Begins those that are due, some at a time. One that is being written yet is not begun again.
    /// - Returns: those whose configuration cannot be read. They are looked at again a day later, and hold up no other.
    static func begin(at now: Instant, in transaction: inout Transaction) throws -> [Name] {
        let due = try transaction.snapshot.rows(
            """
            SELECT bucket, id, configuration, due FROM s3_inventory WHERE due <= ?1
            UNION ALL SELECT bucket, id, configuration, due FROM s3_inventory WHERE due > ?2
            ORDER BY due LIMIT 20
            """, .int(now.milliseconds), .int((now + .seconds(longestPause)).milliseconds)
        ) { (name: Name(bucket: $0.int(0), id: $0.text(1)), text: $0.text(2)) }
        var damaged: [Name] = []
        for (name, text) in due {
            let bucket = name.bucket
            guard let plan = try? InventoryPlan(stored: text, id: name.id) else {
                damaged.append(name)
                try transaction.run(
                    "UPDATE s3_inventory SET due = ? WHERE bucket = ? AND id = ?",
                    .int((now + .seconds(86_400)).milliseconds), .int(bucket), .text(name.id))
                continue
            }
            try transaction.run(
                "UPDATE s3_inventory SET due = ? WHERE bucket = ? AND id = ?", .int(plan.due(after: now).milliseconds),
                .int(bucket), .text(plan.id))
            try transaction.run(
                """
                INSERT INTO s3_inventory_run (bucket, id, started, stage, key, place) VALUES (?, ?, ?, 0, ?, ?)
                ON CONFLICT (bucket, id) DO NOTHING
                """, .int(bucket), .text(plan.id), .int(now.milliseconds), .blob(Position.beginning.key),
                .int(Position.beginning.place))
        }
        return damaged
    }

    func files(_ snapshot: borrowing Snapshot) throws -> [File] {
        try snapshot.rows(
            "SELECT key, size, md5 FROM s3_inventory_file WHERE bucket = ? AND id = ? ORDER BY number", .int(bucket),
            .text(plan.id)
        ) { File(key: $0.text(0), size: $0.int(1), md5: $0.blob(2)) }
    }

    /// Notes a file, and how far the list is with it.
    func add(_ file: File, through position: Position, isEnd: Bool, in transaction: inout Transaction) throws {
        try advance(to: isEnd ? .symlink : .data, position, in: &transaction)
        try transaction.run(
            """
            INSERT INTO s3_inventory_file (bucket, id, number, key, size, md5)
            SELECT ?1, ?2, count(*) + 1, ?3, ?4, ?5 FROM s3_inventory_file WHERE bucket = ?1 AND id = ?2
            """, .int(bucket), .text(plan.id), .text(file.key), .int(file.size), .blob(file.md5))
    }

    /// One step on. What is not as it was when the step began, because the configuration changed, stops it.
    func advance(to stage: Stage, _ position: Position? = nil, in transaction: inout Transaction) throws {
        let next = position ?? self.position
        let changed = try transaction.run(
            """
            UPDATE s3_inventory_run SET stage = ?, key = ?, place = ?
            WHERE bucket = ? AND id = ? AND started = ? AND stage = ? AND key = ? AND place = ?
            """, .int(stage.rawValue), .blob(next.key), .int(next.place), .int(bucket), .text(plan.id),
            .int(started.milliseconds), .int(self.stage.rawValue), .blob(self.position.key), .int(self.position.place))
        guard changed == 1 else { throw InventoryRun.overtaken }
    }

    func finish(in transaction: inout Transaction) throws {
        let removed = try transaction.run(
            "DELETE FROM s3_inventory_run WHERE bucket = ? AND id = ? AND started = ? AND stage = ?", .int(bucket),
            .text(plan.id), .int(started.milliseconds), .int(stage.rawValue))
        guard removed == 1 else { throw InventoryRun.overtaken }
    }

    static let overtaken = S3Refusal("OperationAborted", 409, "The inventory configuration changed meanwhile.")
}
