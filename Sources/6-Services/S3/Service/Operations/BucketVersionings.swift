import Door
import Formats
import S3API
import Smithy
import Storage

/// Whether a bucket keeps versions; nothing of one that never did.
/// - Source: S3 API Reference, "GetBucketVersioning".
struct GetBucketVersioning: Query, OnBucket {
    typealias Shape = S3.GetBucketVersioning
    static var marker: String? { "versioning" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        try permit.target.required().versioning.shape
    }
}

/// Has a bucket keep versions, or keep no more of them. Who may set MFA Delete is the owner's root user alone.
/// - Source: S3 API Reference, "PutBucketVersioning"; errors as S3 was seen to answer (LocalStack's validated tests,
///   `test_s3_api.py`).
struct PutBucketVersioning: PreparedChange, OnBucket {
    typealias Shape = S3.PutBucketVersioning
    static var marker: String? { "versioning" }
    let buckets: Buckets
    let factor: DeletionFactor

    /// - Returns: whether a second factor came with the request.
    func prepare(_ input: Input, under permit: borrowing Permit<BucketTarget>) async throws -> Bool {
        let (bucket, facts) = (try permit.target.required(), permit.facts)
        return try await factor.prove(input.mFA, for: bucket, facts)
    }

    func perform(
        _ input: Input, _ isProved: Bool, under permit: borrowing Permit<BucketTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.required()
        let next = try bucket.versioning.changed(
            by: input.versioningConfiguration, isProved: isProved, isLocked: bucket.lock != nil,
            isReplicated: bucket.replication.contains(.source))
        guard next.needsFactor != true || !permit.target.hasLifecycle else { throw LifecycleRules.besideFactor }
        try bucket.setVersioning(next, in: &transaction)
        return Output()
    }

    func abandon(_ prepared: Bool) {}

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put(body: "VersioningConfiguration") { json in
            if let status = input.versioningConfiguration.status { json.member("Status", status.rawValue) }
            if let factor = input.versioningConfiguration.mFADelete { json.member("MfaDelete", factor.rawValue) }
        }
        return record.recording(of: target)
    }
}
