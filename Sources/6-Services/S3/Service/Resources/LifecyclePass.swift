import Storage
import World

/// A day's walk over a bucket with a lifecycle, and how far it has come. Kept in the bucket's row of `s3_lifecycle`, so that it
/// goes on after a restart; whoever sets a new lifecycle begins it again.
struct LifecyclePass: Sendable, Equatable {
    enum Stage: Int64, Sendable {
        // The numbers in the database; never to be changed.
        case versions = 0
        case uploads = 1
        case over = 2
    }

    let bucket: Int64
    /// Of the bucket.
    let name: String
    /// The number of the day; nil where the lifecycle is new.
    var day: Int64?
    var stage: Stage
    /// The last key that was looked at, with the place of the version or the id of the upload.
    var key: [UInt8]
    var place: Int64
    var upload: [UInt8]
    /// As they are stored.
    let rules: String
    let minimum: Int64

    /// The bucket of a walk that is not over, or was over on another day, after that one.
    static func due(on day: Int64, after bucket: Int64, _ snapshot: borrowing Snapshot) throws -> Int64? {
        try snapshot.first(
            """
            SELECT bucket FROM s3_lifecycle WHERE bucket > ?1 AND (stage < 2 OR day IS NOT ?2)
            ORDER BY bucket LIMIT 1
            """, .int(bucket), .int(day)
        ) { $0.int(0) }
    }

    static func find(_ bucket: Int64, _ snapshot: borrowing Snapshot) throws -> LifecyclePass? {
        try snapshot.first(
            """
            SELECT l.bucket, b.name, l.day, l.stage, l.key, l.place, l.upload, l.rules, l.minimum
            FROM s3_lifecycle l JOIN s3_bucket b ON b.id = l.bucket WHERE l.bucket = ?
            """, .int(bucket)
        ) { row in
            guard let stage = Stage(rawValue: row.int(3)) else { throw Damaged.bucket(row.int(0)) }
            return LifecyclePass(
                bucket: row.int(0), name: row.text(1), day: row.intOrNull(2), stage: stage, key: row.blob(4),
                place: row.int(5), upload: row.blob(6), rules: row.text(7), minimum: row.int(8))
        }
    }

    /// The same walk; where it was over, that of the day.
    func begun(on day: Int64) -> LifecyclePass {
        var pass = self
        if stage == .over { (pass.stage, pass.key, pass.place, pass.upload) = (.versions, [], .min, []) }
        if stage == .over || self.day == nil { pass.day = day }
        return pass
    }

    /// As it goes on after the last version, or the last upload.
    func next() -> LifecyclePass {
        var pass = self
        (pass.stage, pass.key, pass.place, pass.upload) = (stage == .versions ? .uploads : .over, [], .min, [])
        return pass
    }

    func save(in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE s3_lifecycle SET day = ?, stage = ?, key = ?, place = ?, upload = ? WHERE bucket = ?",
            .intOrNull(day), .int(stage.rawValue), .blob(key), .int(place), .blob(upload), .int(bucket))
    }
}
