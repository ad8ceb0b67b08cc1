import AWS
import Door
import Formats
import S3API
import Smithy
import Storage
import World

/// Has what is stored in a bucket from now on replicated into others, by these rules in the place of those it has. Whoever does
/// it hands a role of the bucket's account to S3, and must be allowed to.
/// - Source: S3 API Reference, "PutBucketReplication"; S3 User Guide, "Setting up permissions for live replication".
struct PutBucketReplication: Change {
    typealias Shape = S3.PutBucketReplication
    let buckets: Buckets
    let roles: any RoleDirectory
    let identifiers: Identifiers

    /// The token let Object Lock into buckets that had been made without it.
    static var refusedMembers: [StaticString] { ["Token"] }

    /// A bucket, and the role that is to be passed, if it is there.
    struct Target: Sendable {
        let bucket: BucketTarget
        let role: AssumableRole?
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        Target(
            bucket: try buckets.find(input.bucket, in: snapshot),
            role: try roles.role(arn: input.replicationConfiguration.role, in: snapshot))
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        try target.bucket.check(owner: input.expectedBucketOwner, facts)
        let (arn, owner) = (input.replicationConfiguration.role, try target.bucket.required().account)
        var asks = [try target.bucket.ask("PutReplicationConfiguration")]
        if PutBucketReplication.account(ofRole: arn) != nil {
            asks.append(
                .passing(role: arn, of: owner, to: "s3.amazonaws.com", keys: target.role?.tagKeys ?? []))
        }
        return .ask(asks)
    }

    /// Nil for what is no ARN of a role.
    private static func account(ofRole text: String) -> AccountID? {
        guard let arn = ARN(text), arn.service == "iam", arn.resource.hasPrefix("role/") else { return nil }
        return arn.accountID
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.bucket.required()
        let rules = try ReplicationRules(input.replicationConfiguration, for: bucket, identifiers)
        try checkRole(rules.role, permit.target.role, bucket)
        for rule in rules.rules {
            guard let name = rule.bucketName,
                let found = try buckets.find(name, in: transaction.snapshot).bucket,
                found.versioning.state == .enabled
            else { throw S3.InvalidRequest(message: "Destination bucket must have versioning enabled.") }
        }
        try bucket.setReplicationRules(rules, in: &transaction)
        return Output()
    }

    private func checkRole(_ arn: String, _ role: AssumableRole?, _ bucket: Bucket) throws {
        guard let account = PutBucketReplication.account(ofRole: arn) else {
            throw Refused.argument("Role", arn, "Invalid Role ARN")
        }
        guard account == bucket.account else { throw AccessDenied("Cross-account pass role is not allowed.") }
        guard role != nil else { throw S3.InvalidRequest(message: "The role \(arn) does not exist.") }
    }

    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket)
        record.put("replication", "")
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        let configuration = input.replicationConfiguration
        // What is refused for its size is not written down.
        if configuration.rules.count <= 1000 {
            record.put(body: "ReplicationConfiguration") { json in
                json.member("Role", configuration.role)
                json.elements("Rule", configuration.rules) { json, rule in json.rule(rule) }
            }
        }
        return record.recording(of: target?.bucket)
    }
}

/// The rules by which a bucket is replicated; that there are none is an error.
/// - Source: S3 API Reference, "GetBucketReplication".
struct GetBucketReplication: Query, OnBucket {
    typealias Shape = S3.GetBucketReplication
    static var action: String { "GetReplicationConfiguration" }
    static var marker: String? { "replication" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let bucket = try permit.target.required()
        guard let rules = try bucket.replicationRules(snapshot) else {
            throw S3.ReplicationConfigurationNotFoundError(
                message: "The replication configuration was not found", fields: [.init("BucketName", bucket.name)])
        }
        return Output(replicationConfiguration: .init(role: rules.role, rules: rules.rules))
    }
}

/// Takes the rules away; absence is a success. What waits to be replicated is not replicated any more.
/// - Source: S3 API Reference, "DeleteBucketReplication"; it needs the leave to put them.
struct DeleteBucketReplication: Change, OnBucket {
    typealias Shape = S3.DeleteBucketReplication
    static var action: String { "PutReplicationConfiguration" }
    static var marker: String? { "replication" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().setReplicationRules(nil, in: &transaction)
        return Output()
    }
}

extension S3.GetBucketReplication.Input: BucketInput {}
extension S3.DeleteBucketReplication.Input: BucketInput {}
