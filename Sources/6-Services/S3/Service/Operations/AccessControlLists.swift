import AWS
import Door
import Journal
import S3API
import Smithy
import Storage

/// The access control list of a bucket whose owner owns everything: full control for the owner, nothing for others.
/// - Source: S3 API Reference, "GetBucketAcl"; S3 User Guide, "Controlling ownership of objects and disabling ACLs for your
///   bucket": lists may still be read.
struct GetBucketAcl: Query, OnBucket {
    typealias Shape = S3.GetBucketAcl
    static var marker: String? { "acl" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let owner = try permit.target.required().account
        return Output(owner: CanonicalUser.owner(owner), grants: [CanonicalUser.fullControl(owner)])
    }
}

/// The access control list of an object, which is its bucket's owner's.
/// - Source: S3 API Reference, "GetObjectAcl".
struct GetObjectAcl: Query {
    typealias Shape = S3.GetObjectAcl
    let objects: Objects

    static var refusedMembers: [StaticString] { ["RequestPayer"] }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try objects.find(input.key, in: input.bucket, version: input.versionId, snapshot)
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        return try target.telling(
            [target.ask("GetObjectAcl", version: input.versionId)], version: input.versionId)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        _ = try permit.target.required(permit.hint, version: input.versionId)
        let owner = try permit.target.bucket.required().account
        return Output(owner: CanonicalUser.owner(owner), grants: [CanonicalUser.fullControl(owner)])
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("acl", "")
        record.put("versionId", input.versionId)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target?.bucket, .data)
    }
}

extension CanonicalUser {
    fileprivate static func fullControl(_ account: AccountID) -> S3.Grant {
        S3.Grant(grantee: S3.Grantee(iD: id(of: account), type: .canonicalUser), permission: .fullControl)
    }
}
