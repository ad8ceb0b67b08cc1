import AWS
import Door
import Formats
import S3API
import Smithy
import Storage

/// Makes a bucket that is closed to the public, and whose owner owns everything in it unless the request says otherwise.
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
            keys.append(ConditionEntry(.s3Locationconstraint, constraint))
        }
        keys += input.listKeys
        if let ownership = input.objectOwnership {
            keys.append(ConditionEntry(.s3XAmzObjectOwnership, ownership.rawValue))
        }
        let tagged = TagConditions.ofBucket(try tags(input))
        let create = Ask(
            Action("s3", "CreateBucket"), on: Bucket.arn(input.bucket), of: account, keys: keys + tagged)
        var asks = [create]
        func add(_ action: String, _ keys: [ConditionEntry]) {
            asks.append(
                Ask(
                    Action("s3", action), on: Bucket.arn(input.bucket), of: account,
                    keys: [ConditionEntry(.s3ResourceAccount, account.description)] + keys))
        }
        if !tagged.isEmpty { add("TagResource", tagged) }
        if input.objectLockEnabledForBucket == true {
            for action in ["PutBucketObjectLockConfiguration", "PutBucketVersioning"] { add(action, []) }
        }
        if input.objectOwnership != nil { add("PutBucketOwnershipControls", []) }
        if input.givesList, input.aCL != .private { add("PutBucketAcl", input.listKeys) }
        return .ask(asks)
    }

    /// `name-111122223333.localhost` is the host of an access point of that account: nobody else's bucket may answer there when
    /// the point is gone.
    private func checkName(_ name: String, of account: AccountID, _ snapshot: borrowing Snapshot) throws {
        guard let (_, named) = AccessPointName.parts(ofHostLabel: name), named != account,
            try buckets.names.accounts(in: snapshot).contains(named)
        else { return }
        throw CreateBucket.taken(name)
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
        if let configuration = input.createBucketConfiguration {
            if configuration.location != nil || configuration.bucket != nil {
                throw NotImplemented("A directory bucket")
            }
        }
        let ownership = try input.objectOwnership.map { try ObjectOwnership($0) } ?? .bucketOwnerEnforced
        let list = try list(input, under: ownership, of: account, transaction.snapshot)
        let location = try Location(
            constraint: input.createBucketConfiguration?.locationConstraint, in: region)
        if let bucket = permit.target.bucket {
            guard bucket.account == account else { throw CreateBucket.taken(input.bucket) }
            // In us-east-1, and only there, making a bucket again that one has is a success; it keeps the tags and the
            // ownership it has, but its list begins anew.
            guard region == .usEast1, bucket.region == .usEast1, location.region == .usEast1, try tags(input).isEmpty,
                input.objectOwnership == nil, input.objectLockEnabledForBucket != true || bucket.lock != nil
            else {
                throw CreateBucket.owned(input.bucket)
            }
            try BucketLists.set(list, of: bucket.name, in: &transaction)
            return output(bucket.name, region)
        }
        try checkName(input.bucket, of: account, transaction.snapshot)
        let owned = try transaction.number(
            "SELECT count(*) FROM s3_bucket WHERE account = ?", .text(account.description))
        guard owned < CreateBucket.limit else {
            throw S3.TooManyBuckets(message: "You have attempted to create more buckets than allowed")
        }
        try Bucket.insert(
            input.bucket, of: account, in: location, created: permit.facts.now, tags: try tags(input),
            isLocked: input.objectLockEnabledForBucket == true, &transaction)
        if ownership != .bucketOwnerEnforced { try BucketLists.set(ownership, of: input.bucket, in: &transaction) }
        if list != nil { try BucketLists.set(list, of: input.bucket, in: &transaction) }
        return output(input.bucket, region)
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket)
        if let configuration = input.createBucketConfiguration {
            record.put(body: "CreateBucketConfiguration") { json in
                if let constraint = configuration.locationConstraint {
                    json.member("LocationConstraint", constraint)
                }
                if let tags = configuration.tags { json.tags(tags, in: "Tags") }
            }
        }
        record.put(list: input)
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

    /// The bucket's list; nil for the owner's alone. Canned lists that are about objects are ignored.
    private func list(
        _ input: Input, under ownership: ObjectOwnership, of account: AccountID, _ snapshot: borrowing Snapshot
    ) throws -> AccessControlList? {
        switch try GivenList(input) {
        case nil, .canned(.private), .canned(.bucketOwnerRead), .canned(.bucketOwnerFullControl): return nil
        case let given?:
            guard ownership.hasLists else { throw Refused.listBesideOwnership }
            let list = try given.list(of: .account(account), in: account, buckets.names, snapshot)
            if list.isPublic { throw Refused.listBesideBlock }
            return list
        }
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
