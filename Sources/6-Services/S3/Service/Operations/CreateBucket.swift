import AWS
import Door
import Formats
import S3API
import Smithy
import Storage

/// Makes a bucket whose owner owns everything in it, closed to the public.
/// - Source: S3 API Reference, "CreateBucket".
struct CreateBucket: Change {
    typealias Shape = S3.CreateBucket
    let buckets: Buckets

    /// - Source: S3 quotas: general purpose buckets of an account.
    private static let limit = 10_000

    static var refusedMembers: [StaticString] { ["BucketNamespace"] }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> BucketTarget {
        try buckets.find(input.bucket, in: snapshot)
    }

    func access(_ input: Input, to target: BucketTarget, for facts: RequestFacts) throws -> Access {
        guard let account = facts.account else { throw AccessDenied.anonymous }
        guard BucketName.isValid(input.bucket) else { throw Refused.bucketName(input.bucket) }
        var keys = [ConditionEntry(.s3ResourceAccount, account.description)]
        if let constraint = input.createBucketConfiguration?.locationConstraint {
            keys.append(ConditionEntry(.s3Locationconstraint, constraint.rawValue))
        }
        if let list = input.aCL { keys.append(ConditionEntry(.s3XAmzAcl, list.rawValue)) }
        if let ownership = input.objectOwnership {
            keys.append(ConditionEntry(.s3XAmzObjectOwnership, ownership.rawValue))
        }
        let tagged = TagConditions.ofBucket(try tags(input))
        let create = Ask(
            Action("s3", "CreateBucket"), on: Bucket.arn(input.bucket), of: account, keys: keys + tagged)
        var asks = [create]
        if !tagged.isEmpty {
            asks.append(
                Ask(
                    Action("s3", "TagResource"), on: Bucket.arn(input.bucket), of: account,
                    keys: [ConditionEntry(.s3ResourceAccount, account.description)] + tagged))
        }
        if input.objectLockEnabledForBucket == true {
            for action in ["PutBucketObjectLockConfiguration", "PutBucketVersioning"] {
                asks.append(
                    Ask(
                        Action("s3", action), on: Bucket.arn(input.bucket), of: account,
                        keys: [ConditionEntry(.s3ResourceAccount, account.description)]))
            }
        }
        return .ask(asks)
    }

    private func tags(_ input: Input) throws -> [S3.Tag] {
        let tags = input.createBucketConfiguration?.tags ?? []
        try TagRules.checkBucket(tags)
        try TagRules.checkCase(tags.map(\.key))
        return tags
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let (account, region) = (try permit.facts.signedAccount(), permit.facts.region)
        try checkLists(input)
        let location = try Location(
            constraint: input.createBucketConfiguration?.locationConstraint?.rawValue, in: region)
        if let bucket = permit.target.bucket {
            guard bucket.account == account else { throw CreateBucket.taken(input.bucket) }
            // In us-east-1, and only there, making a bucket again that one has is a success; it keeps the tags it has.
            guard region == .usEast1, bucket.region == .usEast1, location.region == .usEast1, try tags(input).isEmpty,
                input.objectLockEnabledForBucket != true || bucket.lock != nil
            else {
                throw CreateBucket.owned(input.bucket)
            }
            return output(bucket.name, region)
        }
        let owned = try transaction.number(
            "SELECT count(*) FROM s3_bucket WHERE account = ?", .text(account.description))
        guard owned < CreateBucket.limit else {
            throw S3.TooManyBuckets(message: "You have attempted to create more buckets than allowed")
        }
        try Bucket.insert(
            input.bucket, of: account, in: location, created: permit.facts.now, tags: try tags(input),
            isLocked: input.objectLockEnabledForBucket == true, &transaction)
        return output(input.bucket, region)
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket)
        if let configuration = input.createBucketConfiguration {
            record.put(body: "CreateBucketConfiguration") { json in
                if let constraint = configuration.locationConstraint {
                    json.member("LocationConstraint", constraint.rawValue)
                }
                if let tags = configuration.tags { json.tags(tags, in: "Tags") }
            }
        }
        record.put("x-amz-acl", input.aCL?.rawValue)
        record.put("x-amz-object-ownership", input.objectOwnership?.rawValue)
        record.put(
            "x-amz-bucket-object-lock-enabled", input.objectLockEnabledForBucket.map { $0 ? "true" : "false" })
        return record.recording(of: target, showsResources: false)
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }

    private func output(_ name: String, _ region: Region) -> Output {
        Output(
            location: region == .usEast1 ? "/" + name : "http://\(name).s3.amazonaws.com/", bucketArn: Bucket.arn(name))
    }

    /// Ownership other than the bucket owner's, lists that need it, and what only directory buckets have.
    private func checkLists(_ input: Input) throws {
        if let ownership = input.objectOwnership, ownership != .bucketOwnerEnforced {
            throw Refused.header("x-amz-object-ownership")
        }
        let grants = [
            input.grantFullControl, input.grantRead, input.grantReadACP, input.grantWrite, input.grantWriteACP,
        ]
        guard input.aCL == nil || input.aCL == .private, grants.allSatisfy({ $0 == nil }) else {
            throw S3Refusal(
                "InvalidBucketAclWithObjectOwnership", 400,
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
        }
        guard let configuration = input.createBucketConfiguration else { return }
        if configuration.location != nil || configuration.bucket != nil { throw NotImplemented("A directory bucket") }
    }

    private static func taken(_ name: String) -> S3.BucketAlreadyExists {
        S3.BucketAlreadyExists(
            message: "The requested bucket name is not available. The bucket namespace is shared by all users of the "
                + "system. Please select a different name and try again.", fields: [.init("BucketName", name)])
    }

    private static func owned(_ name: String) -> S3.BucketAlreadyOwnedByYou {
        S3.BucketAlreadyOwnedByYou(
            message: "Your previous request to create the named bucket succeeded and you already own it.",
            fields: [.init("BucketName", name)])
    }
}
