import Door
import S3API
public import Storage
import World

/// What is to be replicated still: one version, or a change of it, to one destination. Noted in the transaction of the call that
/// made it, and gone in the transaction that makes the replica.
struct ReplicationTask: Sendable {
    /// The numbers are never to be changed.
    enum Kind: Int64, Sendable {
        case object = 0
        case marker = 1
        /// Of what lies beside the content.
        case change = 2
    }

    /// What was changed beside the content. The numbers are never to be changed.
    struct Changes: OptionSet, Sendable {
        let rawValue: Int64
        static let tags = Changes(rawValue: 1)
        static let list = Changes(rawValue: 2)
        static let retention = Changes(rawValue: 4)
        static let hold = Changes(rawValue: 8)
    }

    let id: Int64
    /// The source.
    let bucket: Int64
    let bucketName: String
    let key: [UInt8]
    let version: VersionID
    /// Nil for a marker.
    let content: Int64?
    let kind: Kind
    let changes: Changes
    /// The id of the rule.
    let rule: String
    /// The name of the bucket.
    let destination: String
    let attempts: Int

    var keyText: String { String(decoding: key, as: UTF8.self) }

    /// Columns: id, bucket, name, key, version, content, kind, changes, rule, destination, attempts.
    private init(_ row: borrowing Row) throws {
        (id, bucket, bucketName, key) = (row.int(0), row.int(1), row.text(2), row.blob(3))
        guard let version = VersionID(bytes: row.blob(4)), let kind = Kind(rawValue: row.int(6)) else {
            throw Damaged.version(row.int(1))
        }
        (self.version, content, self.kind) = (version, row.intOrNull(5), kind)
        changes = Changes(rawValue: row.int(7))
        (rule, destination, attempts) = (row.text(8), row.text(9), Int(row.int(10)))
    }
}

// What calls note.
extension ReplicationTask {
    /// Notes a version that became current, where rules cover it. In a bucket without rules nothing is looked at.
    /// - Parameter content: nil for a delete marker.
    static func note(
        _ content: Int64?, _ version: VersionID?, of key: [UInt8], in bucket: Bucket, at now: Instant,
        _ transaction: inout Transaction
    ) throws {
        guard let version, let rules = try bucket.replicationRules(transaction.snapshot) else { return }
        guard let content else {
            for rule in rules.chosen(for: key, []) where rule.takesMarkers {
                try insert(.marker, [], nil, version, of: key, in: bucket, by: rule, at: now, &transaction)
            }
            return
        }
        let isKMS = try isUnderKMS(content, transaction.snapshot)
        let tags = try ObjectTags.find(content, transaction.snapshot)
        let chosen = rules.chosen(for: key, tags).filter { !isKMS || $0.takesKMS }
        guard !chosen.isEmpty else { return }
        for rule in chosen {
            try insert(.object, [], content, version, of: key, in: bucket, by: rule, at: now, &transaction)
        }
        try ReplicationStatus.pending.put(on: content, in: &transaction)
    }

    private static func isUnderKMS(_ content: Int64, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists("SELECT 1 FROM s3_content WHERE id = ? AND encryption IN (1, 2)", .int(content))
    }

    /// Notes that tags, list or lock of an object were changed: of one that is replicated, and of a replica where a rule says so.
    /// What is still to be replicated takes the change along.
    fileprivate static func noteChange(
        _ changes: Changes, of object: StoredObject, in bucket: Bucket, at now: Instant,
        _ transaction: inout Transaction
    ) throws {
        guard let version = object.version, let rules = try bucket.replicationRules(transaction.snapshot),
            let status = try ReplicationStatus.find(object.content, transaction.snapshot)
        else { return }
        let isReplica = status == .replica
        var isNoted = false
        for rule in rules.chosen(for: object.key, nil) where !isReplica || rule.takesReplicaChanges {
            guard let destination = rule.bucketName else { continue }
            isNoted = true
            let waiting = try transaction.run(
                "UPDATE s3_replication_task SET changes = changes | ? WHERE content = ? AND destination = ?",
                .int(changes.rawValue), .int(object.content), .text(destination))
            guard waiting == 0 else { continue }
            try insert(
                .change, changes, object.content, version, of: object.key, in: bucket, by: rule, at: now, &transaction)
        }
        if isNoted, status == .completed { try ReplicationStatus.pending.put(on: object.content, in: &transaction) }
    }

    private static func insert(
        _ kind: Kind, _ changes: Changes, _ content: Int64?, _ version: VersionID, of key: [UInt8], in bucket: Bucket,
        by rule: S3.ReplicationRule, at now: Instant, _ transaction: inout Transaction
    ) throws {
        guard let destination = rule.bucketName, let id = rule.iD else { return }
        try transaction.run(
            """
            INSERT INTO s3_replication_task (bucket, key, version, content, kind, changes, rule, destination, due)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, max(?9, coalesce((
                SELECT max(due) FROM s3_replication_task WHERE bucket = ?1 AND key = ?2 AND destination = ?8), ?9)))
            """, .int(bucket.id), .blob(key), .blob(version.bytes), .intOrNull(content), .int(kind.rawValue),
            .int(changes.rawValue), .text(id), .text(destination), .int(now.milliseconds))
        transaction.touch(.replication)
    }
}

extension ObjectTarget {
    /// Notes a change of the object's tags, list or lock for replication.
    func note(
        _ changes: ReplicationTask.Changes, of object: StoredObject, at now: Instant, _ transaction: inout Transaction
    ) throws {
        try ReplicationTask.noteChange(changes, of: object, in: bucket.required(), at: now, &transaction)
    }
}

// What the chore does with them.
extension ReplicationTask {
    /// Tasks that are due, in turn of each bucket that has any, from the one after `bucket` on, and the bucket that was looked
    /// at last. Of a key, what was noted first comes first, and while that waits the rest waits too: versions arrive in their
    /// order.
    static func due(
        at now: Instant, after bucket: Int64, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> (tasks: [ReplicationTask], damaged: [Int64], last: Int64) {
        var damaged: [Int64] = []
        var portions: [[ReplicationTask]] = []
        var (last, isRound, looked) = (bucket, false, 0)
        while portions.count < limit, looked < mostBuckets {
            let found = try snapshot.first(
                "SELECT bucket FROM s3_replication_task WHERE bucket > ? ORDER BY bucket LIMIT 1", .int(last)
            ) { $0.int(0) }
            guard let next = found, !isRound || next <= bucket else {
                if isRound { break }
                (last, isRound) = (0, true)
                continue
            }
            let portion = try due(at: now, in: next, limit: limit, snapshot, &damaged)
            if !portion.isEmpty { portions.append(portion) }
            (last, looked) = (next, looked + 1)
        }
        let tasks = (0..<limit).flatMap { turn in portions.compactMap { turn < $0.count ? $0[turn] : nil } }
        return (Array(tasks.prefix(limit)), damaged, last)
    }

    /// Seconds for which a task is put off at most. What is due later was noted by a clock that was ahead, and is due.
    static let longestPause: Int64 = 3600
    /// How many buckets are looked at for those that have something to do now.
    private static let mostBuckets = 500
    /// How many tasks of a key are put off together.
    private static let postponed = 1000

    private static func due(
        at now: Instant, in bucket: Int64, limit: Int, _ snapshot: borrowing Snapshot, _ damaged: inout [Int64]
    ) throws -> [ReplicationTask] {
        let due = try due(after: .min, through: now.milliseconds, in: bucket, limit, snapshot, &damaged)
        guard due.count < limit else { return due }
        let latest = now + .seconds(longestPause)
        return try due
            + ReplicationTask.due(
                after: latest.milliseconds, through: .max, in: bucket, limit - due.count, snapshot, &damaged)
    }

    private static func due(
        after earliest: Int64, through latest: Int64, in bucket: Int64, _ limit: Int, _ snapshot: borrowing Snapshot,
        _ damaged: inout [Int64]
    ) throws -> [ReplicationTask] {
        try snapshot.rows(
            """
            SELECT t.id, t.bucket, b.name, t.key, t.version, t.content, t.kind, t.changes, t.rule, t.destination, t.attempts
            FROM s3_replication_task t JOIN s3_bucket b ON b.id = t.bucket
            WHERE t.bucket = ?1 AND t.due > ?2 AND t.due <= ?3 AND NOT EXISTS (
                SELECT 1 FROM s3_replication_task e
                WHERE e.bucket = t.bucket AND e.key = t.key AND e.destination = t.destination AND e.id < t.id
            ) ORDER BY t.due, t.id LIMIT ?4
            """, .int(bucket), .int(earliest), .int(latest), .number(limit)
        ) { row in
            do { return try ReplicationTask(row) } catch is Damaged {
                damaged.append(row.int(0))
                return nil
            }
        }.compactMap { (task: ReplicationTask?) in task }
    }

    /// Those of the rows, in their order, that cannot be read.
    static func damaged(limit: Int, _ snapshot: borrowing Snapshot) throws -> [Int64] {
        var damaged: [Int64] = []
        try snapshot.scan(
            """
            SELECT t.id, t.bucket, b.name, t.key, t.version, t.content, t.kind, t.changes, t.rule, t.destination, t.attempts
            FROM s3_replication_task t JOIN s3_bucket b ON b.id = t.bucket ORDER BY t.id
            """
        ) { row in
            do { _ = try ReplicationTask(row) } catch { damaged.append(row.int(0)) }
            return damaged.count < limit
        }
        return damaged
    }

    /// Puts off what cannot be read, so that the rest has its turn; the rest of its key waits, as behind any other.
    static func postpone(_ damaged: [Int64], at now: Instant, _ transaction: inout Transaction) throws {
        let due = now + .seconds(longestPause)
        for id in damaged {
            try transaction.run(
                """
                UPDATE s3_replication_task AS t SET due = ?1 FROM s3_replication_task d
                WHERE d.id = ?2 AND t.due <> ?1 AND t.id IN (
                    SELECT id FROM s3_replication_task
                    WHERE bucket = d.bucket AND key = d.key AND destination = d.destination ORDER BY id LIMIT ?3)
                """, .int(due.milliseconds), .int(id), .number(postponed))
        }
    }

    /// Ends the task. False where it is gone, with the version it was about.
    private func end(_ transaction: inout Transaction) throws -> Bool {
        try transaction.run("DELETE FROM s3_replication_task WHERE id = ?", .int(id)) > 0
    }

    /// Notes success: the object is replicated when it is to all destinations.
    /// - Throws: where more was changed meanwhile than what was looked at: that is another look's.
    func complete(_ transaction: inout Transaction) throws {
        if kind == .change {
            let now = try transaction.snapshot.first(
                "SELECT changes FROM s3_replication_task WHERE id = ?", .int(id)
            ) { $0.int(0) }
            guard now == nil || now == changes.rawValue else { throw Failure.unsettled }
        }
        guard try end(&transaction), let content else { return }
        try transaction.run(
            """
            UPDATE s3_content SET replication = ?1 WHERE id = ?2 AND replication = ?3
                AND NOT EXISTS (SELECT 1 FROM s3_replication_task WHERE content = ?2)
            """, .int(ReplicationStatus.completed.rawValue), .int(content),
            .int(ReplicationStatus.pending.rawValue))
    }

    /// Gives up. - Returns: whether nothing failed for this reason by this rule before.
    func fail(_ reason: String, _ transaction: inout Transaction) throws -> Bool {
        guard try end(&transaction) else { return false }
        if let content {
            try transaction.run(
                "UPDATE s3_content SET replication = ? WHERE id = ? AND replication != ?",
                .int(ReplicationStatus.failed.rawValue), .int(content), .int(ReplicationStatus.replica.rawValue))
        }
        try transaction.run(
            """
            INSERT INTO s3_replication_failure (bucket, rule, reason, count) VALUES (?, ?, ?, 1)
            ON CONFLICT (bucket, rule, reason) DO UPDATE SET count = count + 1
            """, .int(bucket), .text(rule), .text(reason))
        return try transaction.number(
            "SELECT count FROM s3_replication_failure WHERE bucket = ? AND rule = ? AND reason = ?", .int(bucket),
            .text(rule), .text(reason)) == 1
    }

    /// Puts it off, and what comes behind it. - Parameter seconds: at most `longestPause`.
    func wait(_ seconds: Int64, at now: Instant, _ transaction: inout Transaction) throws {
        let (due, latest) = (now + .seconds(seconds), now + .seconds(ReplicationTask.longestPause))
        try transaction.run(
            "UPDATE s3_replication_task SET attempts = attempts + 1 WHERE id = ?", .int(id))
        try transaction.run(
            """
            UPDATE s3_replication_task SET due = ?1 WHERE id IN (
                SELECT id FROM s3_replication_task
                WHERE bucket = ?2 AND key = ?3 AND destination = ?4 AND (due < ?1 OR due > ?6) ORDER BY id LIMIT ?5)
            """, .int(due.milliseconds), .int(bucket), .blob(key), .text(destination),
            .number(ReplicationTask.postponed), .int(latest.milliseconds))
    }
}

/// How replication stands, for the operator.
public struct ReplicationState: Sendable, Hashable {
    /// Versions and changes that are to be replicated still, by destinations.
    public let pending: Int64
    /// Those that were given up, since the rules of their buckets were set.
    public let failed: Int64

    /// Counts them.
    public init(_ snapshot: borrowing Snapshot) throws {
        pending = try snapshot.number("SELECT count(*) FROM s3_replication_task")
        failed = try snapshot.number("SELECT coalesce(sum(count), 0) FROM s3_replication_failure")
    }
}
