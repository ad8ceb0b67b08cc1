import Door
import S3API
import Smithy
import Storage

/// Removes a bucket that holds nothing.
/// - Source: S3 API Reference, "DeleteBucket".
struct DeleteBucket: Change, OnBucket {
    typealias Shape = S3.DeleteBucket
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.required()
        guard try bucket.isEmpty(transaction.snapshot) else {
            let more = bucket.versioning.state == .never ? "" : ". You must delete all versions in the bucket."
            throw S3.BucketNotEmpty(
                message: "The bucket you tried to delete is not empty" + more,
                fields: [.init("BucketName", bucket.name)])
        }
        try bucket.delete(in: &transaction)
        return Output()
    }
}
