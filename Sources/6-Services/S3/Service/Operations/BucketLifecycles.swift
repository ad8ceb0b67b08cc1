import Door
import Formats
import S3API
import Smithy
import Storage
import World

/// Says what a bucket does with its objects in time: rules in the place of those it has.
/// - Source: S3 API Reference, "PutBucketLifecycleConfiguration".
struct PutBucketLifecycleConfiguration: Change, OnBucket {
    typealias Shape = S3.PutBucketLifecycleConfiguration
    static var action: String { "PutLifecycleConfiguration" }
    static var marker: String? { "lifecycle" }
    static var eventName: String? { "PutBucketLifecycle" }
    let buckets: Buckets
    let identifiers: Identifiers

    /// 1,000 rules with long prefixes, tags and all kinds of actions.
    static var largestDocument: Int { 4 << 20 }

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.required()
        guard var rules = input.lifecycleConfiguration?.rules else { throw Refused.malformedXML }
        try LifecycleCheck.check(input.transitionDefaultMinimumObjectSize)
        try LifecycleCheck.check(rules)
        guard bucket.versioning.needsFactor != true else { throw LifecycleRules.besideFactor }
        for index in rules.indices where rules[index].iD?.isEmpty ?? true {
            rules[index].iD = Base64.encode(Array(identifiers.uuid().utf8))
        }
        let minimum = input.transitionDefaultMinimumObjectSize ?? .allStorageClasses128k
        try bucket.setLifecycle(LifecycleRules(rules, minimum: minimum), in: &transaction)
        return Output(transitionDefaultMinimumObjectSize: minimum)
    }

    /// Bytes; longer parameters CloudTrail leaves out, and so are these.
    private static let recordLimit = 100_000

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put("x-amz-transition-default-minimum-object-size", input.transitionDefaultMinimumObjectSize?.rawValue)
        let rules = input.lifecycleConfiguration?.rules ?? []
        if rules.count <= 1000 {
            var json = JSONWriter()
            json.beginObject()
            json.member("xmlns", "http://s3.amazonaws.com/doc/2006-03-01/")
            json.elements("Rule", rules) { json, rule in json.rule(rule, isRecord: true) }
            json.endObject()
            if json.bytes.count <= Self.recordLimit { record.put("LifecycleConfiguration", json: json.bytes) }
        }
        return record.recording(of: target, named: Self.eventName)
    }
}

/// The rules, as they were given.
/// - Source: S3 API Reference, "GetBucketLifecycleConfiguration".
struct GetBucketLifecycleConfiguration: Query, OnBucket {
    typealias Shape = S3.GetBucketLifecycleConfiguration
    static var action: String { "GetLifecycleConfiguration" }
    static var marker: String? { "lifecycle" }
    static var eventName: String? { "GetBucketLifecycle" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let rules = try permit.target.lifecycle(snapshot) else {
            throw S3.NoSuchLifecycleConfiguration(
                message: "The lifecycle configuration does not exist",
                fields: [.init("BucketName", try permit.target.required().name)])
        }
        return Output(rules: rules.shapes, transitionDefaultMinimumObjectSize: rules.minimum)
    }
}

/// Takes the rules away; absence is a success. Nothing that they would have done is done any more.
/// - Source: S3 API Reference, "DeleteBucketLifecycle"; it needs the leave to put them.
struct DeleteBucketLifecycle: Change, OnBucket {
    typealias Shape = S3.DeleteBucketLifecycle
    static var action: String { "PutLifecycleConfiguration" }
    static var marker: String? { "lifecycle" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().removeLifecycle(in: &transaction)
        return Output()
    }
}

extension S3.PutBucketLifecycleConfiguration.Input: BucketInput {}
extension S3.GetBucketLifecycleConfiguration.Input: BucketInput {}
extension S3.DeleteBucketLifecycle.Input: BucketInput {}
