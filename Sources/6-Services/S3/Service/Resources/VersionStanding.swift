import S3API
import Storage
import World

extension VersionStanding {
    /// More newer versions than a rule can ask for are not counted.
    private static let mostCounted = 100

    /// Where a version stands that is there.
    static func find(_ version: StoredVersion, in bucket: Bucket, _ snapshot: borrowing Snapshot) throws
        -> VersionStanding
    {
        let current = try StoredObject.find(version.key, in: bucket, snapshot)
        let above = try snapshot.first(
            """
            SELECT modified FROM s3_version WHERE bucket = ? AND key = ? AND place < ? ORDER BY place DESC LIMIT 1
            """, .int(bucket.id), .blob(version.key), .int(version.place)
        ) { Instant(milliseconds: $0.int(0)) }
        let newest = current.flatMap { $0.place < version.place ? $0.modified : nil }
        let since = above ?? newest
        let newer = try snapshot.number(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM s3_version WHERE bucket = ? AND key = ? AND place < ? AND content IS NOT NULL LIMIT ?
            )
            """, .int(bucket.id), .blob(version.key), .int(version.place), .number(mostCounted))
        let hasOthers = try snapshot.exists(
            "SELECT 1 FROM s3_version WHERE bucket = ? AND key = ? AND place <> ? LIMIT 1", .int(bucket.id),
            .blob(version.key), .int(version.place))
        return VersionStanding(
            isCurrent: since == nil, isAlone: !hasOthers && (current == nil || current?.place == version.place),
            since: since, newer: Int(newer))
    }
}

extension StoredVersion {
    /// The version in that place, and whether it is the current object; nil where it is gone.
    static func find(_ key: [UInt8], at place: Int64, in bucket: Bucket, _ snapshot: borrowing Snapshot) throws
        -> (version: StoredVersion, isListed: Bool)?
    {
        if let current = try StoredObject.find(key, in: bucket, snapshot), current.place == place {
            return (.object(current), true)
        }
        return try snapshot.first(
            """
            SELECT bucket, key, etag, size, modified, algorithm, content, version, place FROM s3_version
            WHERE bucket = ? AND key = ? AND place = ?
            """, .int(bucket.id), .blob(key), .int(place)
        ) { (try StoredVersion($0), false) }
    }

    /// Whether expiring the current object removes it for good: where versions are not kept, or where it is the null version
    /// that a null marker takes the place of.
    func isLost(in versioning: BucketVersioning) -> Bool {
        versioning.state == .never || versioning.state == .suspended && version == nil
    }
}

extension StoredObject {
    /// Gives the version another class; its content and its time stay.
    func move(to next: ObjectClass, in transaction: inout Transaction) throws {
        let kind = StoredObject.kind(algorithm, isComposite: isComposite, next)
        let isCurrent = try transaction.run(
            "UPDATE s3_object SET algorithm = ? WHERE bucket = ? AND key = ? AND place = ?", .int(kind), .int(bucket),
            .blob(key), .int(place))
        guard isCurrent == 0 else { return }
        try transaction.run(
            "UPDATE s3_version SET algorithm = ? WHERE bucket = ? AND key = ? AND place = ?", .int(kind), .int(bucket),
            .blob(key), .int(place))
    }
}
