import Door
import Storage
import World

/// What S3's operations share.
struct Buckets: Sendable {
    /// Compiled bucket policies, by their text.
    let policies = PolicyCache()
    /// Where the accounts are found that access control lists name.
    let names: any PrincipalNames

    /// - Parameter throughPoints: whether the call may come through an access point.
    func find(_ name: String, in snapshot: borrowing Snapshot, throughPoints: Bool = false) throws -> BucketTarget {
        if AccessPointName.isARN(name) || name.hasSuffix(AccessPointAlias.suffix) {
            return try point(name, isAllowed: throughPoints, snapshot)
        }
        let target = try BucketTarget.find(name, policies, snapshot)
        return try target.namedLikePoint(isAllowed: throughPoints, policies, snapshot)
    }
}
