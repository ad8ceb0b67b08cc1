import AWS
import Door
import Journal
import S3API
import Smithy
import Storage

/// Whether a bucket is there and open to the caller, and where it lies.
/// - Source: S3 API Reference, "HeadBucket".
struct HeadBucket: Query, OnBucket {
    typealias Shape = S3.HeadBucket
    static var action: String { "ListBucket" }
    static var isOpenToAccessPoints: Bool { true }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        return Output(
            bucketArn: bucket.arn, bucketRegion: bucket.region.description,
            accessPointAlias: permit.target.naming == .alias)
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        record(input, facts).recording(of: target, .data)
    }

    /// Also who may not see the bucket is told its Region.
    func told(_ error: any ServiceError, about target: BucketTarget?) -> any ServiceError {
        guard error.httpStatus == 403, let region = target?.bucket?.region else { return error }
        var told = S3Refusal(error.code, error.httpStatus, error.message, error.fields)
        told.headers = [ErrorField("x-amz-bucket-region", region.description)]
        return told
    }
}
