import Door
import S3API
import Smithy
import Storage

/// Gives a bucket these tags in the place of those it has.
/// - Source: S3 API Reference, "PutBucketTagging".
struct PutBucketTagging: Change, OnBucket {
    typealias Shape = S3.PutBucketTagging
    static var marker: String? { "tagging" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try TagRules.checkBucket(input.tagging.tagSet)
        try permit.target.required().setTags(input.tagging.tagSet, in: &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put(body: "Tagging") { json in json.tags(input.tagging.tagSet, in: "TagSet") }
        return record.recording(of: target)
    }
}

/// The tags of a bucket; that there are none is an error.
/// - Source: S3 API Reference, "GetBucketTagging".
struct GetBucketTagging: Query, OnBucket {
    typealias Shape = S3.GetBucketTagging
    static var marker: String? { "tagging" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        let tags = try bucket.tags(snapshot)
        guard !tags.isEmpty else {
            throw S3.NoSuchTagSet(
                message: "The TagSet does not exist", fields: [.init("BucketName", bucket.name)])
        }
        return Output(tagSet: tags)
    }
}

/// Takes all tags off a bucket; absence is a success.
/// - Source: S3 API Reference, "DeleteBucketTagging"; it needs the leave to put them.
struct DeleteBucketTagging: Change, OnBucket {
    typealias Shape = S3.DeleteBucketTagging
    static var action: String { "PutBucketTagging" }
    static var marker: String? { "tagging" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().setTags([], in: &transaction)
        return Output()
    }
}
