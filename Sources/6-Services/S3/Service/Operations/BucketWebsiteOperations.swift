import Door
import S3API
import Smithy
import Storage

/// Makes a bucket a website, in the way that is said here and not before.
/// - Source: S3 API Reference, "PutBucketWebsite".
struct PutBucketWebsite: Change, OnBucket {
    typealias Shape = S3.PutBucketWebsite
    static var marker: String? { "website" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let site = WebsiteSettings(input.websiteConfiguration)
        try site.check()
        try permit.target.required().setWebsite(site, in: &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        let site = WebsiteSettings(input.websiteConfiguration)
        // What is refused for its size is not written down.
        if site.isWithinLimits {
            record.put(body: "WebsiteConfiguration") { json in site.write(to: &json, isRecord: true) }
        }
        return record.recording(of: target)
    }
}

/// How a bucket is a website.
/// - Source: S3 API Reference, "GetBucketWebsite".
struct GetBucketWebsite: Query, OnBucket {
    typealias Shape = S3.GetBucketWebsite
    static var marker: String? { "website" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        guard let site = try WebsiteSettings.find(bucket.id, snapshot)?.configuration else {
            throw S3.NoSuchWebsiteConfiguration(
                message: "The specified bucket does not have a website configuration",
                fields: [.init("BucketName", bucket.name)])
        }
        return Output(
            redirectAllRequestsTo: site.redirectAllRequestsTo, indexDocument: site.indexDocument,
            errorDocument: site.errorDocument, routingRules: site.routingRules)
    }
}

/// Ends a website; absence is a success.
/// - Source: S3 API Reference, "DeleteBucketWebsite".
struct DeleteBucketWebsite: Change, OnBucket {
    typealias Shape = S3.DeleteBucketWebsite
    static var marker: String? { "website" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().setWebsite(nil, in: &transaction)
        return Output()
    }
}
