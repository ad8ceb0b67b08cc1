import AWS
import Door
import S3API
import Storage
import World

/// A bucket: a name nobody else has, the account that owns all in it, and what protects it.
struct Bucket: Sendable {
    /// Never given twice, also after a bucket was deleted.
    let id: Int64
    let name: String
    let account: AccountID
    let location: Location
    let created: Instant
    /// As stored: users and roles by their unique ids.
    let policy: String?
    /// Nil after `DeletePublicAccessBlock`.
    let publicAccess: PublicAccessBlock?
    let encryption: BucketEncryption
    let versioning: BucketVersioning
    /// Nil where the bucket has no Object Lock.
    let lock: BucketLock?
    /// Looked up with the bucket that a call names.
    var replication: ReplicationPart = []

    var region: Region { location.region }
    var arn: String { Bucket.arn(name) }

    /// Columns: id, name, account, location, created, policy, public_access, encryption, kms_key, bucket_key,
    /// blocks_customer_keys, versioning, mfa_delete, object_lock, lock_mode, lock_days, lock_years.
    init(_ row: borrowing Row) throws {
        (id, name) = (row.int(0), row.text(1))
        account = try AccountID.stored(row.text(2))
        location = Location(stored: row.text(3))
        created = Instant(milliseconds: row.int(4))
        policy = row.textOrNull(5)
        publicAccess = row.intOrNull(6).map { PublicAccessBlock(rawValue: $0) }
        guard let algorithm = BucketEncryption.Algorithm(rawValue: row.int(7)) else { throw Damaged.bucket(row.int(0)) }
        encryption = BucketEncryption(
            algorithm: algorithm, key: row.textOrNull(8), usesBucketKey: row.int(9) == 1,
            blocksCustomerKeys: row.int(10) == 1)
        versioning = try BucketVersioning(row, at: 11)
        lock = try BucketLock(row, at: 13)
    }

    static func arn(_ name: String) -> String { "arn:aws:s3:::" + name }

    /// The buckets of an account whose names begin with `prefix`, after `name`, in the order of their names.
    static func list(
        of account: AccountID, prefix: String, after name: String, location: Location?, limit: Int,
        _ snapshot: borrowing Snapshot
    ) throws -> [Bucket] {
        try snapshot.rows(
            """
            SELECT id, name, account, location, created, NULL, public_access, encryption, kms_key, bucket_key,
                blocks_customer_keys, versioning, mfa_delete, object_lock, lock_mode, lock_days, lock_years
            FROM s3_bucket
            WHERE account = ?1 AND name > ?2 AND name >= ?3 AND substr(name, 1, length(?3)) = ?3
                AND (?4 IS NULL OR location = ?4)
            ORDER BY name LIMIT ?5
            """, .text(account.description), .text(name), .text(prefix), .textOrNull(location?.name), .number(limit),
            each: Bucket.init)
    }

    /// - Parameter isLocked: whether it has Object Lock, and so versions, from the beginning.
    static func insert(
        _ name: String, of account: AccountID, in location: Location, created: Instant, tags: [S3.Tag],
        isLocked: Bool = false, _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            "INSERT INTO s3_bucket (name, account, location, created, public_access) VALUES (?, ?, ?, ?, ?)",
            .text(name),
            .text(account.description), .text(location.name), .int(created.milliseconds),
            .int(PublicAccessBlock.all.rawValue))
        let bucket = transaction.lastInsertedRow
        // From now on the name is this bucket's, and not an access point's.
        transaction.touch(.requestLogs)
        try Bucket.addTags(tags, to: bucket, in: &transaction)
        guard isLocked else { return }
        try transaction.run(
            "UPDATE s3_bucket SET versioning = ?, object_lock = 1 WHERE id = ?",
            .int(BucketVersioning.State.enabled.rawValue), .int(bucket))
    }

    /// Whether there is no version of anything, markers included.
    func isEmpty(_ snapshot: borrowing Snapshot) throws -> Bool {
        let isListed = try snapshot.exists("SELECT 1 FROM s3_object WHERE bucket = ? LIMIT 1", .int(id))
        return try !isListed && !snapshot.exists("SELECT 1 FROM s3_version WHERE bucket = ? LIMIT 1", .int(id))
    }

    func delete(in transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_bucket WHERE id = ?", .int(id))
        // The next bucket of that name is not watched for this one's owner.
        transaction.touch([.resourcePolicies, .requestLogs])
    }

    func setPolicy(_ text: String?, in transaction: inout Transaction) throws {
        try transaction.run("UPDATE s3_bucket SET policy = ? WHERE id = ?", .textOrNull(text), .int(id))
        transaction.touch(.resourcePolicies)
    }

    func setPublicAccess(_ block: PublicAccessBlock?, in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE s3_bucket SET public_access = ? WHERE id = ?", .intOrNull(block?.rawValue), .int(id))
        transaction.touch(.resourcePolicies)
    }

    func setVersioning(_ versioning: BucketVersioning, in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE s3_bucket SET versioning = ?, mfa_delete = ? WHERE id = ?", .int(versioning.state.rawValue),
            .intOrNull(versioning.needsFactor.map { $0 ? 1 : 0 }), .int(id))
    }

    func setEncryption(_ encryption: BucketEncryption, in transaction: inout Transaction) throws {
        try transaction.run(
            """
            UPDATE s3_bucket SET encryption = ?, kms_key = ?, bucket_key = ?, blocks_customer_keys = ? WHERE id = ?
            """, .int(encryption.algorithm.rawValue), .textOrNull(encryption.key), .bool(encryption.usesBucketKey),
            .bool(encryption.blocksCustomerKeys), .int(id))
    }
}

/// A row that no version of ours wrote.
enum Damaged: Error {
    case account(String)
    case object(Int64)
    case bucket(Int64)
    case version(Int64)
    case list(String)
    case accessPoint(Int64)
}
