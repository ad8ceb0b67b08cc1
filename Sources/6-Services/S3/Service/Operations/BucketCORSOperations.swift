import Door
import S3API
import Smithy
import Storage

/// Lets pages of other origins call a bucket, by these rules in the place of those it has.
/// - Source: S3 API Reference, "PutBucketCors".
struct PutBucketCORS: Change, OnBucket {
    typealias Shape = S3.PutBucketCors
    static var action: String { "PutBucketCORS" }
    static var marker: String? { "cors" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let rules = CORSRules(input.cORSConfiguration.cORSRules)
        try rules.check()
        try permit.target.required().setCORS(rules, in: &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        let rules = input.cORSConfiguration.cORSRules
        // What is refused for its size is not written down.
        if CORSRules(rules).isWithinLimits {
            record.put(body: "CORSConfiguration") { json in
                json.elements("CORSRule", rules) { json, rule in json.rule(rule, isRecord: true) }
            }
        }
        return record.recording(of: target)
    }
}

/// The rules of a bucket for pages of other origins.
/// - Source: S3 API Reference, "GetBucketCors".
struct GetBucketCORS: Query, OnBucket {
    typealias Shape = S3.GetBucketCors
    static var action: String { "GetBucketCORS" }
    static var marker: String? { "cors" }
    static var isOpenToAccessPoints: Bool { true }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        guard let rules = try bucket.cors(snapshot) else {
            throw S3.NoSuchCORSConfiguration(
                message: "The CORS configuration does not exist", fields: [.init("BucketName", bucket.name)])
        }
        return Output(cORSRules: rules.rules)
    }
}

/// Takes the rules away; absence is a success.
/// - Source: S3 API Reference, "DeleteBucketCors"; it needs the leave to put them.
struct DeleteBucketCORS: Change, OnBucket {
    typealias Shape = S3.DeleteBucketCors
    static var action: String { "PutBucketCORS" }
    static var marker: String? { "cors" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().setCORS(nil, in: &transaction)
        return Output()
    }
}
