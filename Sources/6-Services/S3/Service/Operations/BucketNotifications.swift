import Door
import Formats
import S3API
import Smithy
import Storage

/// Where the events of a bucket are sent: nowhere, for nothing here could receive them.
/// - Source: S3 API Reference, "GetBucketNotificationConfiguration".
struct GetBucketNotificationConfiguration: Query, OnBucket {
    typealias Shape = S3.GetBucketNotificationConfiguration
    static var action: String { "GetBucketNotification" }
    static var marker: String? { "notification" }
    static var eventName: String? { "GetBucketNotification" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        _ = try permit.target.required()
        return Output()
    }
}

/// Confirms that the events of a bucket are sent nowhere. Whoever wants them sent somewhere is refused as S3 refuses
/// destinations that are not there.
/// - Source: S3 API Reference, "PutBucketNotificationConfiguration".
struct PutBucketNotificationConfiguration: Change, OnBucket {
    typealias Shape = S3.PutBucketNotificationConfiguration
    static var action: String { "PutBucketNotification" }
    static var marker: String? { "notification" }
    static var eventName: String? { "PutBucketNotification" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        _ = try permit.target.required()
        var rules = NotificationRules(input.notificationConfiguration)
        try rules.check(skips: input.skipDestinationValidation == true)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put("x-amz-skip-destination-validation", input.skipDestinationValidation.map { $0 ? "true" : "false" })
        record.put(body: "NotificationConfiguration") { _ in }
        return record.recording(of: target, named: Self.eventName)
    }
}
