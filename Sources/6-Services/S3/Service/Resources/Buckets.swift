import Door
import Storage
import World

/// What S3's operations share.
struct Buckets: Sendable {
    /// Compiled bucket policies, by their text.
    let policies = PolicyCache()
    /// Where the accounts are found that access control lists name.
    let names: any PrincipalNames

    func find(_ name: String, in snapshot: borrowing Snapshot) throws -> BucketTarget {
        try BucketTarget.find(name, policies, snapshot)
    }
}
