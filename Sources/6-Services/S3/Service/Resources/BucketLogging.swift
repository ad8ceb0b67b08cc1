import AWS
import Door
import S3API
import Smithy
import Storage
import World

/// Where the server access logs of a bucket go.
///
/// It holds of the bucket what delivery needs once the bucket is gone.
struct BucketLogging: Sendable {
    enum Format: Int64, Sendable {
        /// The numbers are those of the database.
        case unset = 0
        case simple = 1
        case partitionedByEvent = 2
        case partitionedByDelivery = 3
    }

    let bucket: Int64
    let name: String
    let account: AccountID
    let location: Location
    let target: String
    let prefix: String
    let format: Format
    /// Of the delivered objects, beside their owner's; nil for none.
    let grants: AccessControlList?

    var arn: String { Bucket.arn(name) }

    /// Columns: bucket, name, account, location, target, prefix, format, grants.
    init(_ row: borrowing Row) throws {
        (bucket, name) = (row.int(0), row.text(1))
        (account, location) = (try AccountID.stored(row.text(2)), Location(stored: row.text(3)))
        (target, prefix) = (row.text(4), row.text(5))
        guard let format = Format(rawValue: row.int(6)) else { throw Damaged.bucket(row.int(0)) }
        self.format = format
        grants = try row.textOrNull(7).map(AccessControlList.init(stored:))
    }

    init(of bucket: Bucket, target: String, prefix: String, format: Format, grants: AccessControlList?) {
        (self.bucket, name, account, location) = (bucket.id, bucket.name, bucket.account, bucket.location)
        (self.target, self.prefix, self.format, self.grants) = (target, prefix, format, grants)
    }

    /// Nil where the bucket's requests are not logged now.
    static func find(_ bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> BucketLogging? {
        try snapshot.first(
            """
            SELECT bucket, name, account, location, target, prefix, format, grants FROM s3_bucket_logging
            WHERE bucket = ? AND ended IS NULL
            """, .int(bucket.id), make: BucketLogging.init)
    }

    /// In the place of what there was; what waits to be delivered goes the new way.
    func put(in transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO s3_bucket_logging (bucket, name, account, location, target, prefix, format, grants)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (bucket) DO UPDATE SET target = ?5, prefix = ?6, format = ?7, grants = ?8, ended = NULL
            """, .int(bucket), .text(name), .text(account.description), .text(location.name), .text(target),
            .text(prefix), .int(format.rawValue), .textOrNull(grants?.stored))
        transaction.touch(.requestLogs)
    }

    /// No more requests are logged; what was is delivered yet.
    static func end(of bucket: Int64, at now: Instant, in transaction: inout Transaction) throws {
        let ended = try transaction.run(
            "UPDATE s3_bucket_logging SET ended = ? WHERE bucket = ? AND ended IS NULL", .int(now.milliseconds),
            .int(bucket))
        if ended > 0 { transaction.touch(.requestLogs) }
    }
}

/// What S3 asks of a bucket that logs go to, when logging is set and with each delivery.
/// - Source: S3 User Guide, "Enabling Amazon S3 server access logging"; the words as S3 was seen to answer (sevenseconds'
///   issue 29, LocalStack's pull request 9737).
extension BucketLogging {
    static func check(_ target: BucketTarget, of account: AccountID, in location: Location) throws {
        func refusal(_ message: String) -> S3.InvalidTargetBucketForLogging {
            S3.InvalidTargetBucketForLogging(message: message, fields: [.init("TargetBucket", target.name)])
        }
        guard let bucket = target.bucket else { throw refusal("The target bucket for logging does not exist") }
        guard bucket.account == account else {
            throw refusal("The owner for the bucket to be logged and the target bucket must be the same.")
        }
        guard bucket.region == location.region else {
            throw S3Refusal(
                "CrossLocationLoggingProhibitted", 403, "Cross S3 location logging not allowed. ",
                [.init("TargetBucketLocation", bucket.region.description)])
        }
        guard bucket.lock == nil else {
            throw refusal("A bucket with S3 Object Lock cannot be the target bucket for logging.")
        }
        guard bucket.encryption.algorithm == .s3 else {
            throw refusal(
                "The default encryption of the target bucket for logging must be SSE-S3: logs are not delivered under "
                    + "keys of AWS KMS.")
        }
    }
}
