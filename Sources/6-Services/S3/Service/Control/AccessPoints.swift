import AWS
import Authentication
import Authorization
import Crypto
import Door
import Formats
import Journal
import S3API
import S3ControlAPI
import Smithy
import Storage

/// The access point that a call of S3 Control names, in the caller's account and in the Region that was signed for: there or
/// not.
struct PointTarget: Sendable {
    let name: AccessPointName
    let point: AccessPoint?
    let policy: CompiledPolicy?
    let tags: [S3.Tag]

    init(_ name: AccessPointName, _ policies: PolicyCache, _ snapshot: borrowing Snapshot) throws {
        self.name = name
        point = AccessPointName.isName(name.name) ? try AccessPoint.find(name, snapshot) : nil
        policy = point?.policy.map { policies.policy($0, as: BucketPolicy.kind) }
        tags = try point?.tags(snapshot) ?? []
    }

    func required() throws -> AccessPoint {
        if let point { return point }
        throw S3Control.NoSuchAccessPoint(
            message: "The specified accesspoint does not exist", fields: [.init("AccessPointName", name.name)])
    }

    /// The questions whether `action` may be done to the point. The point's own policy can forbid, and grants nothing, as it
    /// must hold without it: AWS does not say that it governs calls to the point itself.
    /// - Parameter isOpen: whether the policy is not asked: the way out of a policy that denies everybody.
    func asks(_ action: String, isOpen: Bool, keys: [ConditionEntry] = []) -> [Ask] {
        // The reference knows no resource for this one action.
        let resource = action == "GetAccessPoint" ? "*" : name.arn
        let plain = Ask(
            Action("s3", action), on: resource, of: name.account, keys: name.keys + PointTarget.keys(of: tags) + keys)
        guard let policy, !isOpen, resource != "*" else { return [plain] }
        return [plain, plain.with(ResourceSide(policy: policy))]
    }

    /// Of the tags that a point has, or is to have.
    static func keys(of tags: [S3.Tag]) -> [ConditionEntry] {
        tags.flatMap {
            [ConditionEntry(.s3AccessPointTag($0.key), $0.value), ConditionEntry(.awsResourceTag($0.key), $0.value)]
        }
    }
}

/// An operation of S3 Control on one access point of the caller's account.
protocol OnAccessPoint: Operation where Target == PointTarget, Shape.Input: AccessPointInput {
    var buckets: Buckets { get }
    /// What the request brings, for the policies to see.
    func keys(_ input: Input) throws -> [ConditionEntry]
    /// Whether the owner's root user passes whatever the point's policy says.
    static var isOpenToOwnersRoot: Bool { get }
    /// Adds the rest of the request to its record.
    func describe(_ input: Input, _ json: inout JSONWriter)
}

protocol AccessPointInput {
    var accountId: String { get }
    var name: String { get }
}

extension S3Control.CreateAccessPoint.Input: AccessPointInput {}
extension S3Control.GetAccessPoint.Input: AccessPointInput {}
extension S3Control.DeleteAccessPoint.Input: AccessPointInput {}
extension S3Control.PutAccessPointPolicy.Input: AccessPointInput {}
extension S3Control.GetAccessPointPolicy.Input: AccessPointInput {}
extension S3Control.DeleteAccessPointPolicy.Input: AccessPointInput {}
extension S3Control.GetAccessPointPolicyStatus.Input: AccessPointInput {}

extension OnAccessPoint {
    func keys(_ input: Input) throws -> [ConditionEntry] { [] }
    static var isOpenToOwnersRoot: Bool { false }
    func describe(_ input: Input, _ json: inout JSONWriter) {}

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> PointTarget {
        let name = AccessPointName(input.name, of: try facts.signedAccount(), in: facts.region)
        return try PointTarget(name, buckets.policies, snapshot)
    }

    func access(_ input: Input, to target: PointTarget, for facts: RequestFacts) throws -> Access {
        .ask(try asks(input, target, facts))
    }

    /// - Source: S3 User Guide, "Access points restrictions and limitations": no calls across accounts.
    func asks(_ input: Input, _ target: PointTarget, _ facts: RequestFacts) throws -> [Ask] {
        guard input.accountId == target.name.account.description else { throw AccessDenied.anonymous }
        let isOpen = Self.isOpenToOwnersRoot && facts.caller.principal == .root(target.name.account)
        return try target.asks(Shape.model.name, isOpen: isOpen, keys: keys(input))
    }

    func recording(_ input: Input, of target: PointTarget?, _ facts: RequestFacts) -> Recording {
        var json = JSONWriter()
        json.beginObject()
        if let host = facts.host { json.member("Host", host) }
        json.member("accountId", input.accountId)
        json.member("name", input.name)
        describe(input, &json)
        json.endObject()
        return Recording(
            request: .json(json.bytes), resources: (target?.name.resource).map { [$0] } ?? [],
            subjects: [.init(type: "AWS::S3::AccessPoint", name: input.name)], owner: target?.name.account)
    }
}

/// Makes an access point to a bucket of this server, whoever owns that: the point itself opens nothing.
/// - Source: S3 Control API Reference, "CreateAccessPoint"; S3 User Guide, "Creating access points".
struct CreateAccessPoint: Change, OnAccessPoint {
    typealias Shape = S3Control.CreateAccessPoint
    let buckets: Buckets

    /// - Source: S3 User Guide, "Access points restrictions and limitations": of an account, in a Region.
    private static let limit: Int64 = 10_000

    /// There is no VPC here that a request could come from: such a point would be shut for good, or open to everybody.
    static var refusedMembers: [StaticString] { ["VpcConfiguration"] }

    private func tags(_ input: Input) -> [S3.Tag] {
        (input.tags ?? []).map { S3.Tag(key: $0.key, value: $0.value) }
    }

    func keys(_ input: Input) throws -> [ConditionEntry] {
        try TagRules.checkCase(tags(input).map(\.key))
        return TagConditions.ofBucket(tags(input)) + PointTarget.keys(of: tags(input))
    }

    func access(_ input: Input, to target: PointTarget, for facts: RequestFacts) throws -> Access {
        var asks = try asks(input, target, facts)
        let given = try keys(input)
        if !given.isEmpty { asks += target.asks("TagResource", isOpen: false, keys: given) }
        return .ask(asks)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<PointTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        guard AccessPointName.isName(input.name) else {
            throw S3Control.InvalidRequest(
                message:
                    "The name of an access point has 3 to 50 lowercase letters, digits and hyphens, begins and ends "
                    + "with a letter or digit, and does not end with -s3alias.",
                fields: [.init("AccessPointName", input.name)])
        }
        guard input.scope == nil else {
            throw S3Control.InvalidRequest(message: "Only access points of directory buckets have a scope.")
        }
        if target.point != nil {
            throw S3Control.AccessPointAlreadyOwnedByYou(
                message: "Your previous request to create the named accesspoint succeeded and you already own it.",
                fields: [.init("AccessPointName", input.name)])
        }
        try TagRules.checkBucket(tags(input))
        let bucket = try bucket(input, target, transaction.snapshot)
        let (account, region) = (target.name.account, target.name.region)
        guard try AccessPoint.count(of: account, in: region, transaction.snapshot) < CreateAccessPoint.limit else {
            throw S3Control.TooManyAccessPoints(
                message: "You have attempted to create more access points than allowed")
        }
        let block = input.publicAccessBlockConfiguration.map(CreateAccessPoint.block) ?? .all
        let alias = AccessPointAlias.make(input.name, random: SecureRandom.bytes(34))
        try AccessPoint.insert(
            target.name, alias: alias, at: bucket, block, tags: tags(input), created: permit.facts.now,
            in: &transaction)
        return Output(accessPointArn: target.name.arn, alias: alias)
    }

    /// Settings that are not given are on: they have to be turned off explicitly.
    /// - Source: S3 User Guide, "Managing public access to access points".
    private static func block(_ shape: S3Control.PublicAccessBlockConfiguration) -> PublicAccessBlock {
        PublicAccessBlock(
            shape.blockPublicAcls ?? true, shape.ignorePublicAcls ?? true, shape.blockPublicPolicy ?? true,
            shape.restrictPublicBuckets ?? true)
    }

    /// The bucket, which must be that of the account which is named as its owner, in the same Region.
    private func bucket(_ input: Input, _ target: PointTarget, _ snapshot: borrowing Snapshot) throws -> Bucket {
        let found = try BucketTarget.find(input.bucket, buckets.policies, snapshot).bucket
        guard let found, found.account.description == input.bucketAccountId ?? target.name.account.description,
            found.region == target.name.region
        else {
            throw S3Control.InvalidRequest(
                message: "Amazon S3 AccessPoint can only be created for existing bucket",
                fields: [.init("BucketName", input.bucket)])
        }
        return found
    }

    func describe(_ input: Input, _ json: inout JSONWriter) {
        json.member("bucket", input.bucket)
        if let account = input.bucketAccountId { json.member("bucketAccountId", account) }
        input.scope?.describe(&json)
        if let shape = input.publicAccessBlockConfiguration {
            let block = CreateAccessPoint.block(shape)
            json.key("publicAccessBlockConfiguration")
            json.beginObject()
            for (name, setting) in PublicAccessBlock.named {
                json.key(name)
                json.bool(block.contains(setting))
            }
            json.endObject()
        }
        if let tags = input.tags {
            json.key("tags")
            json.beginArray()
            for tag in tags {
                json.beginObject()
                json.member("key", tag.key)
                json.member("value", tag.value)
                json.endObject()
            }
            json.endArray()
        }
    }
}

extension PublicAccessBlock {
    /// By the names of their members in records.
    fileprivate static let named: [(String, PublicAccessBlock)] = [
        ("blockPublicAcls", .blockPublicAcls), ("ignorePublicAcls", .ignorePublicAcls),
        ("blockPublicPolicy", .blockPublicPolicy), ("restrictPublicBuckets", .restrictPublicBuckets),
    ]
}

/// What an access point is.
/// - Source: S3 Control API Reference, "GetAccessPoint".
struct GetAccessPoint: Query, OnAccessPoint {
    typealias Shape = S3Control.GetAccessPoint
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<PointTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let point = try permit.target.required()
        return Output(
            name: point.name.name, bucket: point.bucketName, networkOrigin: .internet,
            publicAccessBlockConfiguration: point.publicAccess.controlShape, creationDate: point.created,
            alias: point.alias, accessPointArn: point.arn,
            endpoints: [
                "ipv4": "s3-accesspoint.\(point.name.region).amazonaws.com",
                "dualstack": "s3-accesspoint.dualstack.\(point.name.region).amazonaws.com",
            ], bucketAccountId: point.bucketAccount.description)
    }
}

/// Removes an access point. The bucket stays.
/// - Source: S3 Control API Reference, "DeleteAccessPoint".
struct DeleteAccessPoint: Change, OnAccessPoint {
    typealias Shape = S3Control.DeleteAccessPoint
    static var isOpenToOwnersRoot: Bool { true }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<PointTarget>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().delete(in: &transaction)
        return Output()
    }
}
