import S3API
import Smithy
import Storage
import World

/// What a deletion goes by besides its permit.
struct PreparedDeletion: Sendable {
    let outdated = Outdated()
    /// Whether a second factor came with the request.
    let isProved: Bool

    init(isProved: Bool) { self.isProved = isProved }

    /// Throws where versions of the bucket go only with a second factor, and none came.
    func check(_ bucket: Bucket) throws {
        guard isProved || bucket.versioning.needsFactor != true else { throw DeletionFactor.missing }
    }

    /// Also who says that nothing is to be bypassed speaks of locks.
    static func check(bypass: Bool?, _ bucket: Bucket) throws {
        guard bypass == nil || bucket.lock != nil else {
            throw S3.InvalidArgument(
                message: "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
                fields: [.init("ArgumentName", "x-amz-bypass-governance-retention")])
        }
    }
}

extension Bucket {
    /// A DELETE of the key, or of one of its versions.
    func delete(
        _ key: String, _ version: VersionName?, _ prepared: PreparedDeletion, at now: Instant, bypassing: Bool,
        in transaction: inout Transaction
    ) throws -> VersionStack.Deletion {
        let stack = VersionStack(of: key, in: self, at: now, bypassing: bypassing)
        guard let version else { return try stack.delete(noting: prepared.outdated, in: &transaction) }
        try prepared.check(self)
        return try stack.remove(version, noting: prepared.outdated, in: &transaction)
    }
}
