import S3API
import Storage
import World

/// The tags of objects. They belong to the content, so they go with it, and what takes its place begins with none.
enum ObjectTags {
    /// In the order of their keys' bytes.
    static func find(_ content: Int64, _ snapshot: borrowing Snapshot) throws -> [S3.Tag] {
        try snapshot.rows("SELECT name, value FROM s3_object_tag WHERE content = ? ORDER BY name", .int(content)) {
            S3.Tag(key: $0.text(0), value: $0.text(1))
        }
    }

    static func areSame(_ left: [S3.Tag], _ right: [S3.Tag]) -> Bool {
        left.elementsEqual(right) { $0.key.hasSameBytes(as: $1.key) && $0.value.hasSameBytes(as: $1.value) }
    }

    /// Takes the place of those there are.
    static func put(_ tags: [S3.Tag], of content: Int64, in transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_object_tag WHERE content = ?", .int(content))
        try add(tags, to: content, in: &transaction)
    }

    /// To content that has none yet.
    static func add(_ tags: [S3.Tag], to content: Int64, in transaction: inout Transaction) throws {
        for tag in tags {
            try transaction.run(
                "INSERT INTO s3_object_tag (content, name, value) VALUES (?, ?, ?)", .int(content), .text(tag.key),
                .text(tag.value))
        }
    }
}

/// The tags of buckets. No policy looks at them: that needs a setting of the bucket which this server does not offer
/// (`PutBucketAbac`), and which buckets of AWS begin without.
/// - Source: S3 User Guide, "Enabling ABAC in general purpose buckets".
extension Bucket {
    /// In the order of their keys' bytes.
    func tags(_ snapshot: borrowing Snapshot) throws -> [S3.Tag] {
        try snapshot.rows("SELECT name, value FROM s3_bucket_tag WHERE bucket = ? ORDER BY name", .int(id)) {
            S3.Tag(key: $0.text(0), value: $0.text(1))
        }
    }

    /// Takes the place of those there are.
    func setTags(_ tags: [S3.Tag], in transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_bucket_tag WHERE bucket = ?", .int(id))
        try addTags(tags, in: &transaction)
    }

    /// Adds, or gives a tag that there is a new value.
    func addTags(_ tags: [S3.Tag], in transaction: inout Transaction) throws {
        try Bucket.addTags(tags, to: id, in: &transaction)
    }

    static func addTags(_ tags: [S3.Tag], to bucket: Int64, in transaction: inout Transaction) throws {
        for tag in tags {
            try transaction.run(
                """
                INSERT INTO s3_bucket_tag (bucket, name, value) VALUES (?, ?, ?)
                ON CONFLICT (bucket, name) DO UPDATE SET value = excluded.value
                """, .int(bucket), .text(tag.key), .text(tag.value))
        }
    }

    /// Absence is a success.
    func removeTags(_ names: [String], in transaction: inout Transaction) throws {
        for name in names {
            try transaction.run("DELETE FROM s3_bucket_tag WHERE bucket = ? AND name = ?", .int(id), .text(name))
        }
    }
}
