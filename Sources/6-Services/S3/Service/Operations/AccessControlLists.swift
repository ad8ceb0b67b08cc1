import AWS
import Door
import Journal
import S3API
import Smithy
import Storage

/// The access control list of a bucket, as it is enforced. Where the bucket's owner owns everything: full control for the
/// owner, nothing for others.
/// - Source: S3 API Reference, "GetBucketAcl"; S3 User Guide, "Controlling ownership of objects and disabling ACLs for your
///   bucket": lists may still be read.
struct GetBucketAcl: Query, OnBucket {
    typealias Shape = S3.GetBucketAcl
    static var marker: String? { "acl" }
    static var isOpenToAccessPoints: Bool { true }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let owner = try permit.target.required().account
        return Output(owner: CanonicalUser.owner(owner), grants: try permit.target.effectiveList().shapes)
    }
}

/// The access control list of an object, as it is enforced.
/// - Source: S3 API Reference, "GetObjectAcl".
struct GetObjectAcl: Query {
    typealias Shape = S3.GetObjectAcl
    let objects: Objects

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
        let bucket = permit.target.bucket
        let owned = try permit.target.owned ?? OwnedObject(owner: .account(bucket.required().account), list: nil)
        return Output(owner: owned.owner.shape, grants: bucket.shown(owned.effective).shapes)
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("acl", "")
        record.put("versionId", input.versionId)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target?.bucket, .data)
    }
}

/// Gives a bucket this access control list in the place of the one it has.
/// - Source: S3 API Reference, "PutBucketAcl".
struct PutBucketAcl: Change, OnBucket {
    typealias Shape = S3.PutBucketAcl
    static var marker: String? { "acl" }
    let buckets: Buckets

    func ask(_ input: Input, _ target: BucketTarget, _ facts: RequestFacts) throws -> Ask {
        try target.check(owner: input.expectedBucketOwner, facts)
        return try target.ask(Self.action, keys: input.listKeys)
    }

    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        .ask(try ask(input, target, facts))
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let (target, bucket) = (permit.target, try permit.target.required())
        let given = try GivenList.required(input)
        let owner = ListOwner.account(bucket.account)
        guard target.lists.ownership.hasLists else {
            try given.checkWithoutLists(of: bucket.account, buckets.names, transaction.snapshot)
            return Output()
        }
        // These two are about objects.
        if case .canned(let canned) = given, [.bucketOwnerRead, .bucketOwnerFullControl].contains(canned) {
            throw Refused.argument("x-amz-acl", canned.rawValue, "")
        }
        let list = try given.list(of: owner, in: bucket.account, buckets.names, transaction.snapshot)
        try target.checkPublic(list, "PutBucketAcl", on: bucket.arn, permit.facts)
        try BucketLists.set(list, of: bucket.name, in: &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put(list: input)
        return record.recording(of: target)
    }
}

/// Gives an object this access control list in the place of the one it has.
/// - Source: S3 API Reference, "PutObjectAcl".
struct PutObjectAcl: Change {
    typealias Shape = S3.PutObjectAcl
    let objects: Objects

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try objects.find(input.key, in: input.bucket, version: input.versionId, snapshot)
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        return try target.telling(
            [target.ask("PutObjectAcl", version: input.versionId, keys: input.listKeys)], version: input.versionId)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let (target, names) = (permit.target, objects.buckets.names)
        let object = try target.required(permit.hint, version: input.versionId)
        let bucket = try target.bucket.required()
        let given = try GivenList.required(input)
        guard var owned = target.owned else {
            try given.checkWithoutLists(of: bucket.account, names, transaction.snapshot)
            return Output()
        }
        let list = try given.list(of: owned.owner, in: bucket.account, names, transaction.snapshot)
        try target.bucket.checkPublic(list, "PutObjectAcl", on: bucket.arn + "/" + input.key, permit.facts)
        owned.list = list
        try owned.put(of: object.content, in: bucket, &transaction)
        try target.note(.list, of: object, at: permit.facts.now, &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("acl", "")
        record.put("versionId", input.versionId)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        record.put(list: input)
        return record.recording(of: target?.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}

extension GivenList {
    /// The list of a request that is about nothing else.
    fileprivate static func required(_ input: some ListGiver) throws -> GivenList {
        if let given = try GivenList(input) { return given }
        throw S3Refusal(
            "MissingSecurityHeader", 400, "Your request was missing a required header",
            [.init("MissingHeaderName", "x-amz-acl")])
    }

    /// Where lists do not count, the one that says what is so anyway is accepted, by its name or as a body.
    fileprivate func checkWithoutLists(
        of owner: AccountID, _ names: any PrincipalNames, _ snapshot: borrowing Snapshot
    ) throws {
        if isBucketOwnerFullControl { return }
        guard case .body = self,
            try list(of: .account(owner), in: owner, names, snapshot) == AccessControlList(ownedBy: .account(owner))
        else { throw Refused.accessControlList }
    }
}
