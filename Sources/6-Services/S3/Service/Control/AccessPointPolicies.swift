import AWS
import Authentication
import Authorization
import Door
import Formats
import S3API
import S3ControlAPI
import Smithy
import Storage

/// Sets the policy of an access point.
/// - Source: S3 Control API Reference, "PutAccessPointPolicy".
struct PutAccessPointPolicy: Change, OnAccessPoint {
    typealias Shape = S3Control.PutAccessPointPolicy
    static var isOpenToOwnersRoot: Bool { true }
    let buckets: Buckets
    let rules: BucketPolicy

    func perform(
        _ input: Input, under permit: borrowing Permit<PointTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let point = try permit.target.required()
        let (text, isPublic) = try rules.stored(input.policy, for: point.name, transaction.snapshot)
        if isPublic, try block(point, transaction.snapshot).contains(.blockPublicPolicy) {
            let caller = permit.facts.caller.principal.arn ?? ""
            throw AccessDenied(
                "User: \(caller) is not authorized to perform: s3:PutAccessPointPolicy on resource: \"\(point.arn)\" "
                    + "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
            )
        }
        try point.setPolicy(text, in: &transaction)
        return Output()
    }

    /// What the point, its account, the bucket and the bucket's account have set, together.
    private func block(_ point: AccessPoint, _ snapshot: borrowing Snapshot) throws -> PublicAccessBlock {
        let bucket = try BucketTarget.find(point.bucketName, buckets.policies, snapshot)
        let account = try AccountBlock.find(point.name.account, snapshot) ?? []
        return point.publicAccess.union(account).union(bucket.bucket?.id == point.bucket ? bucket.block : [])
    }

    func describe(_ input: Input, _ json: inout JSONWriter) {
        let text = Array(input.policy.utf8)
        // What is no policy need not be JSON, and is left out.
        guard text.count <= PolicyQuota.bucketPolicy, !CompiledPolicy(stored: text, as: BucketPolicy.kind).isBroken
        else { return }
        json.key("policy")
        json.raw(text)
    }
}

/// The policy of an access point, with its users and roles by ARN.
/// - Source: S3 Control API Reference, "GetAccessPointPolicy".
struct GetAccessPointPolicy: Query, OnAccessPoint {
    typealias Shape = S3Control.GetAccessPointPolicy
    static var isOpenToOwnersRoot: Bool { true }
    let buckets: Buckets
    let rules: BucketPolicy

    func answer(
        _ input: Input, under permit: borrowing Permit<PointTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let policy = try permit.target.required().policy else { throw permit.target.noPolicy }
        return Output(policy: try rules.shown(policy, snapshot))
    }
}

/// Removes the policy of an access point; absence is a success.
/// - Source: S3 Control API Reference, "DeleteAccessPointPolicy".
struct DeleteAccessPointPolicy: Change, OnAccessPoint {
    typealias Shape = S3Control.DeleteAccessPointPolicy
    static var isOpenToOwnersRoot: Bool { true }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<PointTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().setPolicy(nil, in: &transaction)
        return Output()
    }
}

/// Whether the policy of an access point is public.
/// - Source: S3 Control API Reference, "GetAccessPointPolicyStatus".
struct GetAccessPointPolicyStatus: Query, OnAccessPoint {
    typealias Shape = S3Control.GetAccessPointPolicyStatus
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<PointTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        _ = try permit.target.required()
        guard let policy = permit.target.policy else { throw permit.target.noPolicy }
        return Output(policyStatus: S3Control.PolicyStatus(isPublic: policy.isPublic))
    }
}

extension PointTarget {
    var noPolicy: S3Control.NoSuchAccessPointPolicy {
        S3Control.NoSuchAccessPointPolicy(
            message: "The specified accesspoint policy does not exist", fields: [.init("AccessPointName", name.name)])
    }
}
