import Door
import Formats
import S3API
import Smithy
import Storage

/// Who owns the objects of a bucket.
/// - Source: S3 API Reference, "GetBucketOwnershipControls".
struct GetBucketOwnershipControls: Query, OnBucket {
    typealias Shape = S3.GetBucketOwnershipControls
    static var marker: String? { "ownershipControls" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let ownership = permit.target.lists.ownership.shape else {
            throw S3.OwnershipControlsNotFoundError(
                message: "The bucket ownership controls were not found",
                fields: [.init("BucketName", try permit.target.required().name)])
        }
        return Output(ownershipControls: S3.OwnershipControls(rules: [.init(objectOwnership: ownership)]))
    }
}

/// Sets who owns the objects of a bucket. Its access control list must be the owner's alone before lists cease to count.
/// - Source: S3 API Reference, "PutBucketOwnershipControls"; S3 User Guide, "Controlling ownership of objects and disabling
///   ACLs for your bucket", "Troubleshooting".
struct PutBucketOwnershipControls: Change, OnBucket {
    typealias Shape = S3.PutBucketOwnershipControls
    static var marker: String? { "ownershipControls" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let (bucket, rules) = (try permit.target.required(), input.ownershipControls.rules)
        guard rules.count == 1, let rule = rules.first else {
            throw S3.MalformedXML(
                message: "The XML you provided was not well-formed or did not validate against our published schema")
        }
        let ownership = try ObjectOwnership(rule.objectOwnership)
        if ownership == .bucketOwnerEnforced, try BucketLists.grantsToOthers(bucket, transaction.snapshot) {
            throw Refused.listBesideOwnership
        }
        try BucketLists.set(ownership, of: bucket.name, in: &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put(body: "OwnershipControls") { json in
            json.elements("Rule", input.ownershipControls.rules) { json, rule in
                json.beginObject()
                json.member("ObjectOwnership", rule.objectOwnership.rawValue)
                json.endObject()
            }
        }
        return record.recording(of: target)
    }
}

/// Takes the setting away; absence is a success. Who writes an object then owns it.
/// - Source: S3 API Reference, "DeleteBucketOwnershipControls"; it needs the leave to put them.
struct DeleteBucketOwnershipControls: Change, OnBucket {
    typealias Shape = S3.DeleteBucketOwnershipControls
    static var action: String { "PutBucketOwnershipControls" }
    static var marker: String? { "ownershipControls" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try BucketLists.set(.unset, of: try permit.target.required().name, in: &transaction)
        return Output()
    }
}
