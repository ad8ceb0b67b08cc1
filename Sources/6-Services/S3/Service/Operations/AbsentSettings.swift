import Door
import Formats
import S3API
import Smithy
import Storage

/// A setting of buckets that no bucket here can have: what would set it is not offered.
protocol NeverSet: Query, OnBucket {
    /// The continuation token, where the answer is a list. No answer ever gave one.
    func token(_ input: Input) -> String?
    static var nothing: Output { get }
}

extension NeverSet {
    func token(_ input: Input) -> String? { nil }

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        _ = try permit.target.required()
        if let token = token(input) {
            throw Refused.argument("continuation-token", token, "The continuation token provided is incorrect")
        }
        return Self.nothing
    }
}

/// Transfer acceleration was never turned on, which S3 tells by saying nothing.
/// - Source: S3 API Reference, "GetBucketAccelerateConfiguration".
struct GetBucketAccelerateConfiguration: NeverSet {
    typealias Shape = S3.GetBucketAccelerateConfiguration
    static var action: String { "GetAccelerateConfiguration" }
    static var marker: String? { "accelerate" }
    let buckets: Buckets
    static var nothing: Output { Output() }
}

/// - Source: S3 API Reference, "ListBucketAnalyticsConfigurations".
struct ListBucketAnalyticsConfigurations: NeverSet {
    typealias Shape = S3.ListBucketAnalyticsConfigurations
    static var action: String { "GetAnalyticsConfiguration" }
    static var marker: String? { "analytics" }
    let buckets: Buckets
    func token(_ input: Input) -> String? { input.continuationToken }
    static var nothing: Output { Output(isTruncated: false) }
}

/// - Source: S3 API Reference, "ListBucketIntelligentTieringConfigurations".
struct ListBucketIntelligentTieringConfigurations: NeverSet {
    typealias Shape = S3.ListBucketIntelligentTieringConfigurations
    static var action: String { "GetIntelligentTieringConfiguration" }
    static var marker: String? { "intelligent-tiering" }
    let buckets: Buckets
    func token(_ input: Input) -> String? { input.continuationToken }
    static var nothing: Output { Output(isTruncated: false) }
}

/// - Source: S3 API Reference, "ListBucketMetricsConfigurations".
struct ListBucketMetricsConfigurations: NeverSet {
    typealias Shape = S3.ListBucketMetricsConfigurations
    static var action: String { "GetMetricsConfiguration" }
    static var marker: String? { "metrics" }
    let buckets: Buckets
    func token(_ input: Input) -> String? { input.continuationToken }
    static var nothing: Output { Output(isTruncated: false) }
}

/// Confirms that policies do not look at a bucket's tags. The switch that makes them look is refused: it changes every decision
/// about a bucket, and comes with all of its condition keys or not at all.
/// - Source: S3 API Reference, "PutBucketAbac".
struct PutBucketAbac: Change, OnBucket {
    typealias Shape = S3.PutBucketAbac
    static var marker: String? { "abac" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        _ = try permit.target.required()
        switch input.abacStatus.status {
        case .disabled?: return Output()
        case .enabled?: throw NotImplemented("Attribute-based access control of buckets")
        default: throw Refused.malformedXML
        }
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put(body: "AbacStatus") { json in
            if let status = input.abacStatus.status { json.member("Status", status.rawValue) }
        }
        return record.recording(of: target)
    }
}

extension S3.GetBucketAccelerateConfiguration.Input: BucketInput {}
extension S3.ListBucketAnalyticsConfigurations.Input: BucketInput {}
extension S3.ListBucketIntelligentTieringConfigurations.Input: BucketInput {}
extension S3.ListBucketMetricsConfigurations.Input: BucketInput {}
extension S3.PutBucketAbac.Input: BucketInput {}
