import AWS
import Door
import Journal
import S3API
import Storage
import World

/// A door of its own to a bucket: with a name, a policy, a Block Public Access and tags of its own.
struct AccessPoint: Sendable {
    /// Never given twice.
    let id: Int64
    let name: AccessPointName
    let alias: String
    /// The row of the bucket; nil after the bucket was deleted. A bucket made later under the same name is another.
    let bucket: Int64?
    let bucketName: String
    let bucketAccount: AccountID
    let created: Instant
    let publicAccess: PublicAccessBlock
    /// As stored: users and roles by their unique ids.
    let policy: String?

    var arn: String { name.arn }
    /// As records show it.
    /// - Source: S3 User Guide, "Monitoring and logging access points".
    var resource: Event.Resource { name.resource }
    var subject: Event.Subject { name.subject }

    /// Columns: id, account, region, name, alias, bucket, bucket_name, bucket_account, created, public_access, policy.
    private init(_ row: borrowing Row) throws {
        id = row.int(0)
        guard let region = Region(row.text(2)) else { throw Damaged.accessPoint(row.int(0)) }
        name = AccessPointName(row.text(3), of: try AccountID.stored(row.text(1)), in: region)
        (alias, bucket, bucketName) = (row.text(4), row.intOrNull(5), row.text(6))
        bucketAccount = try AccountID.stored(row.text(7))
        created = Instant(milliseconds: row.int(8))
        publicAccess = PublicAccessBlock(rawValue: row.int(9))
        policy = row.textOrNull(10)
    }

    static func find(_ name: AccessPointName, _ snapshot: borrowing Snapshot) throws -> AccessPoint? {
        try snapshot.first(
            """
            SELECT id, account, region, name, alias, bucket, bucket_name, bucket_account, created, public_access, policy
            FROM s3_access_point WHERE account = ? AND region = ? AND name = ?
            """, .text(name.account.description), .text(name.region.description), .text(name.name),
            make: AccessPoint.init)
    }

    static func find(alias: String, _ snapshot: borrowing Snapshot) throws -> AccessPoint? {
        try snapshot.first(
            """
            SELECT id, account, region, name, alias, bucket, bucket_name, bucket_account, created, public_access, policy
            FROM s3_access_point WHERE alias = ?
            """, .text(alias), make: AccessPoint.init)
    }

    /// In every Region: a host may name the account and not the Region.
    static func find(_ name: String, of account: AccountID, _ snapshot: borrowing Snapshot) throws -> [AccessPoint] {
        try snapshot.rows(
            """
            SELECT id, account, region, name, alias, bucket, bucket_name, bucket_account, created, public_access, policy
            FROM s3_access_point WHERE account = ? AND name = ? ORDER BY region
            """, .text(account.description), .text(name), each: AccessPoint.init)
    }

    /// Those of an account in a Region, after `name`, in the order of their names.
    /// - Parameter bucket: the name of the only bucket whose points are meant.
    static func list(
        of account: AccountID, in region: Region, bucket: String?, after name: String, limit: Int,
        _ snapshot: borrowing Snapshot
    ) throws -> [AccessPoint] {
        try snapshot.rows(
            """
            SELECT id, account, region, name, alias, bucket, bucket_name, bucket_account, created, public_access, policy
            FROM s3_access_point
            WHERE account = ?1 AND region = ?2 AND name > ?3 AND (?4 IS NULL OR bucket_name = ?4)
            ORDER BY name LIMIT ?5
            """, .text(account.description), .text(region.description), .text(name), .textOrNull(bucket),
            .number(limit), each: AccessPoint.init)
    }

    static func count(of account: AccountID, in region: Region, _ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.number(
            "SELECT count(*) FROM s3_access_point WHERE account = ? AND region = ?", .text(account.description),
            .text(region.description))
    }

    /// Whether the bucket's own account has a point at it. Points of others do not hold a bucket fast: anybody may make one.
    static func holds(_ bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists(
            "SELECT 1 FROM s3_access_point WHERE bucket = ? AND account = ? LIMIT 1", .int(bucket.id),
            .text(bucket.account.description))
    }

    /// Those of the bucket's own account, one at a time, in the order of their names.
    static func each(
        at bucket: Bucket, _ snapshot: borrowing Snapshot, _ body: (AccessPoint) throws -> Void
    ) throws {
        try snapshot.scan(
            """
            SELECT id, account, region, name, alias, bucket, bucket_name, bucket_account, created, public_access, policy
            FROM s3_access_point WHERE bucket = ? AND account = ? ORDER BY name
            """, .int(bucket.id), .text(bucket.account.description)
        ) { row in
            try body(try AccessPoint(row))
            return true
        }
    }

    static func insert(
        _ name: AccessPointName, alias: String, at bucket: Bucket, _ publicAccess: PublicAccessBlock, tags: [S3.Tag],
        created: Instant, in transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO s3_access_point (account, region, name, alias, bucket, bucket_name, bucket_account, created,
                public_access) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(name.account.description), .text(name.region.description), .text(name.name), .text(alias),
            .int(bucket.id), .text(bucket.name), .text(bucket.account.description), .int(created.milliseconds),
            .int(publicAccess.rawValue))
        try addTags(tags, to: transaction.lastInsertedRow, in: &transaction)
        transaction.touch([.resourcePolicies, .requestLogs])
    }

    func delete(in transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_access_point WHERE id = ?", .int(id))
        transaction.touch([.resourcePolicies, .requestLogs])
    }

    func setPolicy(_ text: String?, in transaction: inout Transaction) throws {
        try transaction.run("UPDATE s3_access_point SET policy = ? WHERE id = ?", .textOrNull(text), .int(id))
        transaction.touch(.resourcePolicies)
    }
}

/// The tags of access points. Policies see them, so there are no two that differ only in case.
extension AccessPoint {
    /// In the order of their keys' bytes.
    func tags(_ snapshot: borrowing Snapshot) throws -> [S3.Tag] {
        try snapshot.rows(
            "SELECT name, value FROM s3_access_point_tag WHERE point = ? ORDER BY name", .int(id)
        ) { S3.Tag(key: $0.text(0), value: $0.text(1)) }
    }

    /// Adds, or gives a tag that there is a new value.
    func addTags(_ tags: [S3.Tag], in transaction: inout Transaction) throws {
        try AccessPoint.addTags(tags, to: id, in: &transaction)
        transaction.touch(.resourcePolicies)
    }

    private static func addTags(_ tags: [S3.Tag], to point: Int64, in transaction: inout Transaction) throws {
        for tag in tags {
            try transaction.run(
                """
                INSERT INTO s3_access_point_tag (point, name, value) VALUES (?, ?, ?)
                ON CONFLICT (point, name) DO UPDATE SET value = excluded.value
                """, .int(point), .text(tag.key), .text(tag.value))
        }
    }

    /// Absence is a success.
    func removeTags(_ names: [String], in transaction: inout Transaction) throws {
        for name in names {
            try transaction.run("DELETE FROM s3_access_point_tag WHERE point = ? AND name = ?", .int(id), .text(name))
        }
        transaction.touch(.resourcePolicies)
    }
}

extension AccessPointName {
    var resource: Event.Resource { Event.Resource(account: account, type: "AWS::S3::AccessPoint", arn: arn) }
    var subject: Event.Subject { Event.Subject(type: "AWS::S3::AccessPoint", name: name) }
}
