public import AWS
public import Blobs
import Door
public import Storage

/// How much a bucket holds.
public struct BucketUsage: Sendable, Hashable {
    public let name: String
    /// The owner.
    public let account: AccountID
    /// Where it lies.
    public let region: Region
    /// How many, with the versions behind them and the delete markers.
    public let objects: Int64
    /// Of content, as clients count it.
    public let bytes: Int64
}

extension S3Service {
    /// What every bucket holds, in the order of their names. Reads a small row of every version: for metrics, not for calls.
    public static func usage(_ snapshot: borrowing Snapshot) throws -> [BucketUsage] {
        try snapshot.rows(
            """
            SELECT b.name, b.account, b.location, coalesce(sum(v.count), 0), coalesce(sum(v.size), 0)
            FROM s3_bucket b LEFT JOIN (
                SELECT bucket, count(*) AS count, sum(size) AS size FROM s3_object GROUP BY bucket
                UNION ALL
                SELECT bucket, count(*), coalesce(sum(size), 0) FROM s3_version GROUP BY bucket
            ) v ON v.bucket = b.id GROUP BY b.id ORDER BY b.name
            """
        ) { row in
            BucketUsage(
                name: row.text(0), account: try AccountID.stored(row.text(1)),
                region: Location(stored: row.text(2)).region,
                objects: row.int(3), bytes: row.int(4))
        }
    }

    /// Whether an object or an upload has this content: `FileBlobStore.sweep` removes what has none.
    public static func isLive(_ blob: BlobID, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists("SELECT 1 FROM s3_content WHERE blob = ?", .blob(blob.bytes))
            || snapshot.exists("SELECT 1 FROM s3_part WHERE blob = ?", .blob(blob.bytes))
    }

    /// The files of contents that objects and uploads have.
    public static func liveBlobs(_ snapshot: borrowing Snapshot) throws -> Set<BlobID> {
        Set(
            try snapshot.rows(
                """
                SELECT blob FROM s3_content WHERE blob IS NOT NULL
                UNION ALL SELECT blob FROM s3_part WHERE blob IS NOT NULL
                """
            ) { BlobID($0.blob(0)) }.compactMap { $0 })
    }
}
