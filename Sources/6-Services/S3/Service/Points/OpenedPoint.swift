import AWS
import Authentication
import Authorization
import Door
import S3API
import Smithy
import Storage

/// What the name in a request names.
enum PointNaming: Sendable {
    /// A bucket, or nothing.
    case bucket
    /// An access point, by its ARN, by its alias, or by its name and account before the name of a host.
    case arn, alias, host
    /// A bucket, and as the label of a host an access point too.
    case bucketAndPoint
    /// An access point, in a call that goes to buckets only.
    case closedPoint
    /// An access point, in a call that goes to buckets only, if the name is the label of a host.
    case closedHost
}

/// An access point that a call comes through.
struct OpenedPoint: Sendable {
    let point: AccessPoint
    let policy: CompiledPolicy?
    let tags: [S3.Tag]

    init(_ point: AccessPoint, _ policies: PolicyCache, _ snapshot: borrowing Snapshot) throws {
        self.point = point
        policy = point.policy.map { policies.policy($0, as: BucketPolicy.kind) }
        tags = try point.tags(snapshot)
    }

    /// What the policies of point and bucket see of the point.
    /// - Source: S3 User Guide, "Configuring IAM policies for using access points", "Condition keys".
    var keys: [ConditionEntry] {
        point.name.keys + tags.map { ConditionEntry(.s3AccessPointTag($0.key), $0.value) }
    }

    /// The question whether the point lets the call through. The bucket is asked besides, as if there were no point.
    /// - Parameter block: of account, bucket and point together.
    func ask(_ action: String, key: String?, _ block: PublicAccessBlock, _ keys: [ConditionEntry]) -> Ask {
        let own = tags.map { ConditionEntry(.awsResourceTag($0.key), $0.value) }
        let account = point.name.account
        return Ask(
            Action("s3", action), on: key.map(point.name.arn(ofKey:)) ?? point.arn, of: account,
            side: ResourceSide(policy: policy, restrictsPublicAccess: block.contains(.restrictPublicBuckets)),
            keys: keys + [ConditionEntry(.s3ResourceAccount, account.description)] + self.keys + own)
    }
}

extension AccessPointName {
    /// Every point can be reached from everywhere here; there is no VPC that one could be bound to.
    var keys: [ConditionEntry] {
        [
            ConditionEntry(.s3DataAccessPointArn, arn),
            ConditionEntry(.s3DataAccessPointAccount, account.description),
            ConditionEntry(.s3AccessPointNetworkOrigin, "Internet"),
        ]
    }
}

extension Buckets {
    /// What lies behind the access point of that ARN or alias.
    func point(_ text: String, isAllowed: Bool, _ snapshot: borrowing Snapshot) throws -> BucketTarget {
        guard isAllowed else { return BucketTarget(nothing: text, .closedPoint) }
        let name = AccessPointName(arn: text)
        let found =
            if let name { try AccessPoint.find(name, snapshot) } else {
                try AccessPoint.find(alias: text, snapshot)
            }
        let naming = AccessPointName.isARN(text) ? PointNaming.arn : .alias
        guard let found else { return BucketTarget(nothing: text, naming) }
        return try BucketTarget.behind(found, named: text, naming, policies, snapshot)
    }
}

extension BucketTarget {
    fileprivate init(nothing name: String, _ naming: PointNaming) {
        self.init(name: name, bucket: nil, accountBlock: [], policy: nil, lists: .none, naming: naming)
    }

    /// The bucket that a point leads to. Of a bucket that was deleted there is nothing, whatever has its name now.
    fileprivate static func behind(
        _ point: AccessPoint, named name: String, _ naming: PointNaming, _ policies: PolicyCache,
        _ snapshot: borrowing Snapshot
    ) throws -> BucketTarget {
        let found = try find(point.bucketName, policies, snapshot)
        guard let bucket = found.bucket, bucket.id == point.bucket else {
            return BucketTarget(nothing: point.bucketName, .bucket)
        }
        var target = BucketTarget(
            name: name, bucket: bucket, accountBlock: found.accountBlock, policy: found.policy, lists: found.lists,
            hasLifecycle: found.hasLifecycle, naming: naming)
        target.point = try OpenedPoint(point, policies, snapshot)
        return target
    }

    /// The same, or the access point that the name, as the label of a host, names where no bucket has it.
    func namedLikePoint(isAllowed: Bool, _ policies: PolicyCache, _ snapshot: borrowing Snapshot) throws
        -> BucketTarget
    {
        guard bucket == nil, let (name, account) = AccessPointName.parts(ofHostLabel: name) else { return self }
        let points = try AccessPoint.find(name, of: account, snapshot)
        guard let point = points.first else { return self }
        // Which of several Regions is meant, such a host does not tell.
        guard isAllowed, points.count == 1 else {
            return BucketTarget(nothing: self.name, isAllowed ? .bucketAndPoint : .closedHost)
        }
        return try BucketTarget.behind(point, named: self.name, .host, policies, snapshot)
    }

    /// What must hold of calls that come through access points, before anything else is told.
    /// - Source: S3 User Guide, "Access points restrictions and limitations".
    func checkPoint(_ facts: RequestFacts) throws {
        switch naming {
        case .closedHost: if isLabel(of: facts) { throw Refused.atAccessPoint }
        case .bucketAndPoint: if isLabel(of: facts) { throw BucketTarget.unclear(name) }
        // A path names buckets only.
        case .host: if !isLabel(of: facts) { throw Refused.noSuchBucket(name) }
        case .bucket, .arn, .alias, .closedPoint: break
        }
        guard point != nil else { return }
        guard !facts.caller.isAnonymous else { throw AccessDenied.anonymous }
        guard facts.caller.signatureVersion != .version2 else {
            throw S3.InvalidRequest(message: "Access points take requests with Signature Version 4 only.")
        }
    }

    /// Why there is no bucket, where that is because the name is one of access points.
    func checkPointBehind() throws {
        switch naming {
        case .closedPoint: throw Refused.atAccessPoint
        case .arn:
            throw S3Refusal(
                "NoSuchAccessPoint", 404, "The specified accesspoint does not exist",
                [.init("AccessPointName", AccessPointName(arn: name)?.name ?? name)])
        case .alias: throw Refused.noSuchBucket(name)
        case .bucket, .host, .bucketAndPoint, .closedHost: break
        }
    }

    /// Whether the request's host begins with the name, and does not say that a bucket is meant: access points have an
    /// endpoint of their own among AWS's hosts, but not before the name of a server.
    private func isLabel(of facts: RequestFacts) -> Bool { facts.hostLabel == name }

    private static func unclear(_ name: String) -> S3.InvalidRequest {
        S3.InvalidRequest(
            message:
                "The host name \(name) can mean more than one access point or bucket. Name the access point by its "
                + "alias, the bucket in the path.", fields: [.init("BucketName", name)])
    }
}

extension Refused {
    /// - Source: S3 User Guide, "Access point compatibility": what is not listed does not go through access points.
    static let atAccessPoint = S3.MethodNotAllowed(
        message: "The specified method is not allowed against this resource: it does not go through access points.")
}
