import S3API
import Storage
import World

/// A bucket's lifecycle, kept as JSON. The bucket's row tells whether there is one, so that others never look.
extension Bucket {
    /// Takes the place of the one there was. What it does to what is there it does at once: its first walk begins.
    func setLifecycle(_ rules: LifecycleRules, in transaction: inout Transaction) throws {
        try transaction.run("UPDATE s3_bucket SET has_lifecycle = 1 WHERE id = ?", .int(id))
        try transaction.run(
            """
            INSERT INTO s3_lifecycle (bucket, stage, key, place, upload, minimum, rules)
            VALUES (?1, 0, x'', ?2, x'', ?3, ?4)
            ON CONFLICT (bucket) DO UPDATE
            SET day = NULL, stage = 0, key = x'', place = ?2, upload = x'', minimum = ?3, rules = ?4
            """, .int(id), .int(.min), .int(rules.storedMinimum), .text(rules.stored))
    }

    func removeLifecycle(in transaction: inout Transaction) throws {
        try transaction.run("UPDATE s3_bucket SET has_lifecycle = 0 WHERE id = ?", .int(id))
        try transaction.run("DELETE FROM s3_lifecycle WHERE bucket = ?", .int(id))
    }
}

extension BucketTarget {
    /// Nil where there is none.
    func lifecycle(_ snapshot: borrowing Snapshot) throws -> LifecycleRules? {
        guard hasLifecycle, let bucket else { return nil }
        return try snapshot.remembered("s3 lifecycle", String(bucket.id)) {
            let found = try snapshot.first(
                "SELECT rules, minimum FROM s3_lifecycle WHERE bucket = ?", .int(bucket.id)
            ) { try LifecycleRules.read($0.text(0), minimum: $0.int(1), of: bucket.id, snapshot) }
            guard let found else { throw Damaged.bucket(bucket.id) }
            return found
        }
    }
}

extension LifecycleRules {
    /// Those of a bucket, from the text that its row has.
    static func read(
        _ text: String, minimum: Int64, of bucket: Int64, _ snapshot: borrowing Snapshot
    ) throws -> LifecycleRules {
        try snapshot.meaning(of: text, in: bucket, variant: minimum) { text in
            try LifecycleRules(stored: text, minimum: minimum)
        }
    }
}
