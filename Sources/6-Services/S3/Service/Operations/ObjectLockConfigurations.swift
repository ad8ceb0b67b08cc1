import Door
import Formats
import S3API
import Smithy
import Storage

/// Gives a bucket with versions Object Lock, or another default of it.
/// - Source: S3 API Reference, "PutObjectLockConfiguration".
struct PutObjectLockConfiguration: Change, OnBucket {
    typealias Shape = S3.PutObjectLockConfiguration
    static var action: String { "PutBucketObjectLockConfiguration" }
    static var eventName: String? { "PutBucketObjectLockConfiguration" }
    static var marker: String? { "object-lock" }
    let buckets: Buckets

    static var refusedMembers: [StaticString] { ["Token"] }

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.required()
        let lock = try BucketLock(input.objectLockConfiguration)
        guard bucket.versioning.state == .enabled else {
            throw S3Refusal(
                "InvalidBucketState", 409,
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
        }
        try bucket.setLock(lock, in: &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        if let configuration = input.objectLockConfiguration {
            record.put(body: "ObjectLockConfiguration") { json in json.members(of: configuration) }
        }
        return record.recording(of: target, named: Self.eventName)
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}

/// Object Lock of a bucket, and its default; that there is none is an error.
/// - Source: S3 API Reference, "GetObjectLockConfiguration".
struct GetObjectLockConfiguration: Query, OnBucket {
    typealias Shape = S3.GetObjectLockConfiguration
    static var action: String { "GetBucketObjectLockConfiguration" }
    static var eventName: String? { "GetBucketObjectLockConfiguration" }
    static var marker: String? { "object-lock" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        guard let lock = bucket.lock else {
            throw S3Refusal(
                "ObjectLockConfigurationNotFoundError", 404,
                "Object Lock configuration does not exist for this bucket", [.init("BucketName", bucket.name)])
        }
        return Output(objectLockConfiguration: lock.shape)
    }
}

extension JSONWriter {
    /// As CloudTrail writes the body.
    fileprivate mutating func members(of configuration: S3.ObjectLockConfiguration) {
        if let enabled = configuration.objectLockEnabled { member("ObjectLockEnabled", enabled.rawValue) }
        guard let wanted = configuration.rule?.defaultRetention else { return }
        key("Rule")
        beginObject()
        key("DefaultRetention")
        beginObject()
        if let mode = wanted.mode { member("Mode", mode.rawValue) }
        for case (let name, let count?) in [("Days", wanted.days), ("Years", wanted.years)] {
            key(name)
            integer(Int64(count))
        }
        endObject()
        endObject()
    }
}
