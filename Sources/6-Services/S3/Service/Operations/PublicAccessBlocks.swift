import Door
import S3API
import Smithy
import Storage

/// Sets Block Public Access of a bucket. Settings that are not given are off.
/// - Source: S3 API Reference, "PutPublicAccessBlock".
struct PutPublicAccessBlock: Change, OnBucket {
    typealias Shape = S3.PutPublicAccessBlock
    static var action: String { "PutBucketPublicAccessBlock" }
    static var eventName: String? { "PutBucketPublicAccessBlock" }
    static var marker: String? { "publicAccessBlock" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().setPublicAccess(
            PublicAccessBlock(input.publicAccessBlockConfiguration), in: &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put(PublicAccessBlock(input.publicAccessBlockConfiguration))
        return record.recording(of: target, named: Self.eventName)
    }
}

/// Block Public Access of a bucket, without what its account adds.
/// - Source: S3 API Reference, "GetPublicAccessBlock".
struct GetPublicAccessBlock: Query, OnBucket {
    typealias Shape = S3.GetPublicAccessBlock
    static var action: String { "GetBucketPublicAccessBlock" }
    static var eventName: String? { "GetBucketPublicAccessBlock" }
    static var marker: String? { "publicAccessBlock" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        guard let block = bucket.publicAccess else {
            throw S3.NoSuchPublicAccessBlockConfiguration(
                message: Refused.publicAccessBlock, fields: [.init("BucketName", bucket.name)])
        }
        return Output(publicAccessBlockConfiguration: block.shape)
    }
}

/// Takes a bucket's Block Public Access away; what its account has still holds.
/// - Source: S3 API Reference, "DeletePublicAccessBlock"; it needs the leave to put one.
struct DeletePublicAccessBlock: Change, OnBucket {
    typealias Shape = S3.DeletePublicAccessBlock
    static var action: String { "PutBucketPublicAccessBlock" }
    static var eventName: String? { "DeleteBucketPublicAccessBlock" }
    static var marker: String? { "publicAccessBlock" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().setPublicAccess(nil, in: &transaction)
        return Output()
    }
}
