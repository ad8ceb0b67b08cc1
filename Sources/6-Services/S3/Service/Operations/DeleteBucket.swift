import Door
import S3API
import Smithy
import Storage

/// Removes a bucket that holds nothing. Uploads to it that go on end: nobody finds them any more, and where there are many,
/// their rows and parts follow.
/// - Source: S3 API Reference, "DeleteBucket".
struct DeleteBucket: PreparedChange, OnBucket {
    typealias Shape = S3.DeleteBucket
    let objects: Objects

    var buckets: Buckets { objects.buckets }

    func prepare(_ input: Input, under permit: borrowing Permit<BucketTarget>) async throws -> Outdated { Outdated() }

    func perform(
        _ input: Input, _ prepared: Outdated, under permit: borrowing Permit<BucketTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.required()
        guard try bucket.isEmpty(transaction.snapshot) else {
            let more = bucket.versioning.state == .never ? "" : ". You must delete all versions in the bucket."
            throw S3.BucketNotEmpty(
                message: "The bucket you tried to delete is not empty" + more,
                fields: [.init("BucketName", bucket.name)])
        }
        guard try !AccessPoint.holds(bucket, transaction.snapshot) else {
            throw S3Refusal(
                "BucketHasAccessPointsAttached", 400, "Bucket has access points attached and cannot be deleted.",
                [.init("BucketName", bucket.name)])
        }
        prepared.reset()
        if try Upload.abortSome(in: bucket.id, noting: prepared, &transaction) {
            try OutgoingContent.addUploads(to: bucket, in: &transaction)
        }
        try bucket.delete(in: &transaction)
        return Output()
    }

    func abandon(_ prepared: Outdated) async {}
    func settle(_ prepared: Outdated) async { await prepared.remove(from: objects.blobs, objects.log) }
}
