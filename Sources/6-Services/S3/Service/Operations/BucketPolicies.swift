import AWS
import Authentication
import Authorization
import Door
import S3API
import Smithy
import Storage

/// Sets the policy of a bucket.
///
/// A policy may shut its author out; S3 stores it, and the owner's root user is the way back in. Who says
/// `x-amz-confirm-remove-self-bucket-access: false` does not want that: the policy must then allow its author to set the
/// next one. `true` confirms what happens anyway.
/// - Source: S3 API Reference, "PutBucketPolicy"; AWS Knowledge Center on buckets whose policy denies everybody.
struct PutBucketPolicy: Change, OnBucket {
    typealias Shape = S3.PutBucketPolicy
    static var marker: String? { "policy" }
    static var isOpenToOwnersRoot: Bool { true }
    let buckets: Buckets
    let rules: BucketPolicy

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> BucketTarget {
        var target = try buckets.find(input.bucket, in: snapshot)
        guard input.confirmRemoveSelfBucketAccess == false else { return target }
        do {
            let text = try rules.stored(input.policy, for: input.bucket, snapshot).text
            target.proposed = CompiledPolicy(stored: Array(text.utf8), as: BucketPolicy.kind)
        } catch is S3.MalformedPolicy {
            // Told when it is to be stored.
        }
        return target
    }

    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        let now = try ask(input, target, facts)
        guard let proposed = target.proposed, facts.caller.principal != .root(now.owner) else { return .ask(now) }
        let next = ResourceSide(policy: proposed, restrictsPublicAccess: now.side.restrictsPublicAccess)
        return .ask([now, now.with(next)])
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.ownedRequired(permit.facts)
        let (text, isPublic) = try rules.stored(input.policy, for: bucket.name, transaction.snapshot)
        if isPublic, permit.target.block.contains(.blockPublicPolicy) {
            let caller = permit.facts.caller.principal.arn ?? ""
            throw AccessDenied(
                "User: \(caller) is not authorized to perform: s3:PutBucketPolicy on resource: \"\(bucket.arn)\" because "
                    + "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.")
        }
        try bucket.setPolicy(text, in: &transaction)
        return Output()
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        let text = Array(input.policy.utf8)
        // What is no policy need not be JSON, and is left out.
        if text.count <= PolicyQuota.bucketPolicy, !CompiledPolicy(stored: text, as: BucketPolicy.kind).isBroken {
            record.put("bucketPolicy", json: text)
        }
        return record.recording(of: target)
    }
}

/// The policy of a bucket, with its users and roles by ARN.
/// - Source: S3 API Reference, "GetBucketPolicy".
struct GetBucketPolicy: Query, OnBucket {
    typealias Shape = S3.GetBucketPolicy
    static var marker: String? { "policy" }
    static var isOpenToOwnersRoot: Bool { true }
    static var isOpenToAccessPoints: Bool { true }
    let buckets: Buckets
    let rules: BucketPolicy

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.ownedRequired(permit.facts)
        guard let policy = bucket.policy else { throw Refused.noPolicy(of: bucket.name) }
        return Output(policy: try rules.shown(policy, snapshot))
    }
}

/// Removes the policy of a bucket; absence is a success.
/// - Source: S3 API Reference, "DeleteBucketPolicy".
struct DeleteBucketPolicy: Change, OnBucket {
    typealias Shape = S3.DeleteBucketPolicy
    static var marker: String? { "policy" }
    static var isOpenToOwnersRoot: Bool { true }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.ownedRequired(permit.facts).setPolicy(nil, in: &transaction)
        return Output()
    }
}

extension BucketTarget {
    /// A bucket's policy is its own account's matter, whoever else a policy allows to touch it.
    func ownedRequired(_ facts: RequestFacts) throws -> Bucket {
        let bucket = try required()
        guard facts.account == bucket.account else { throw Refused.notOwner }
        return bucket
    }
}
