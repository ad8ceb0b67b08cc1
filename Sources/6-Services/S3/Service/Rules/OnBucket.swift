import AWS
import Authentication
import Door
import S3API
import Smithy
import Storage

/// An input that names a bucket and may name the owner it expects.
protocol BucketInput {
    var bucket: String { get }
    var expectedBucketOwner: String? { get }
}

/// An operation on one bucket that asks one question about it.
protocol OnBucket: Operation where Target == BucketTarget, Shape.Input: BucketInput {
    var buckets: Buckets { get }
    /// Without the service: `GetBucketPolicy`.
    static var action: String { get }
    /// The query parameter that tells the operation from its neighbours, as its record shows it.
    static var marker: String? { get }
    /// The name in CloudTrail; nil for the operation's own.
    static var eventName: String? { get }
    /// Whether the owner's root user passes whatever the bucket policy says: the way out of a policy that denies everybody.
    static var isOpenToOwnersRoot: Bool { get }
    /// Whether the call may come through an access point.
    /// - Source: S3 User Guide, "Access point compatibility".
    static var isOpenToAccessPoints: Bool { get }
}

extension OnBucket {
    static var action: String { Shape.model.name }
    static var marker: String? { nil }
    static var eventName: String? { nil }
    static var isOpenToOwnersRoot: Bool { false }
    static var isOpenToAccessPoints: Bool { false }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> BucketTarget {
        try buckets.find(input.bucket, in: snapshot, throughPoints: Self.isOpenToAccessPoints)
    }

    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        .ask(try ask(input, target, facts))
    }

    /// The one question.
    func ask(_ input: Input, _ target: BucketTarget, _ facts: RequestFacts) throws -> Ask {
        try target.check(owner: input.expectedBucketOwner, facts)
        var ask = try target.ask(Self.action)
        if Self.isOpenToOwnersRoot, facts.caller.principal == .root(ask.owner) { ask = ask.with(.silent) }
        return ask
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        record(input, facts).recording(of: target, named: Self.eventName)
    }

    /// The record with what every operation on a bucket shows.
    func record(_ input: Input, _ facts: RequestFacts) -> S3Record {
        var record = S3Record(facts, bucket: input.bucket)
        if let marker = Self.marker { record.put(marker, "") }
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record
    }
}

extension S3.DeleteBucket.Input: BucketInput {}
extension S3.HeadBucket.Input: BucketInput {}
extension S3.GetBucketLocation.Input: BucketInput {}
extension S3.GetBucketEncryption.Input: BucketInput {}
extension S3.PutBucketEncryption.Input: BucketInput {}
extension S3.DeleteBucketEncryption.Input: BucketInput {}
extension S3.GetBucketOwnershipControls.Input: BucketInput {}
extension S3.GetBucketPolicy.Input: BucketInput {}
extension S3.PutBucketPolicy.Input: BucketInput {}
extension S3.DeleteBucketPolicy.Input: BucketInput {}
extension S3.GetPublicAccessBlock.Input: BucketInput {}
extension S3.PutPublicAccessBlock.Input: BucketInput {}
extension S3.DeletePublicAccessBlock.Input: BucketInput {}
extension S3.PutBucketTagging.Input: BucketInput {}
extension S3.GetBucketTagging.Input: BucketInput {}
extension S3.DeleteBucketTagging.Input: BucketInput {}
extension S3.PutBucketCors.Input: BucketInput {}
extension S3.GetBucketCors.Input: BucketInput {}
extension S3.PutBucketWebsite.Input: BucketInput {}
extension S3.GetBucketWebsite.Input: BucketInput {}
extension S3.DeleteBucketWebsite.Input: BucketInput {}
extension S3.DeleteBucketCors.Input: BucketInput {}
extension S3.GetBucketPolicyStatus.Input: BucketInput {}
extension S3.GetBucketRequestPayment.Input: BucketInput {}
extension S3.PutBucketRequestPayment.Input: BucketInput {}
extension S3.PutBucketOwnershipControls.Input: BucketInput {}
extension S3.GetBucketVersioning.Input: BucketInput {}
extension S3.PutBucketVersioning.Input: BucketInput {}
extension S3.PutObjectLockConfiguration.Input: BucketInput {}
extension S3.GetObjectLockConfiguration.Input: BucketInput {}
extension S3.GetBucketAbac.Input: BucketInput {}
extension S3.GetBucketAcl.Input: BucketInput {}
extension S3.PutBucketAcl.Input: BucketInput {}
extension S3.DeleteBucketOwnershipControls.Input: BucketInput {}
extension S3.GetBucketLogging.Input: BucketInput {}
extension S3.PutBucketLogging.Input: BucketInput {}
extension S3.GetBucketNotificationConfiguration.Input: BucketInput {}
extension S3.PutBucketNotificationConfiguration.Input: BucketInput {}
extension S3.GetBucketInventoryConfiguration.Input: BucketInput {}
extension S3.PutBucketInventoryConfiguration.Input: BucketInput {}
extension S3.DeleteBucketInventoryConfiguration.Input: BucketInput {}
extension S3.ListBucketInventoryConfigurations.Input: BucketInput {}
