import Door
import Storage
import World

/// What S3's operations share.
struct Buckets: Sendable {
    /// Compiled bucket policies, by their text.
    let policies = PolicyCache()

    func find(_ name: String, in snapshot: borrowing Snapshot) throws -> BucketTarget {
        try BucketTarget.find(name, policies, snapshot)
    }
}
