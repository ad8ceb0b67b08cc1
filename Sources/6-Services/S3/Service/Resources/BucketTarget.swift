import AWS
import Authentication
import Authorization
import Door
import S3API
import Smithy
import Storage

/// The bucket a call names: there or not, with the settings and the policy that bear on it.
struct BucketTarget: Sendable {
    let name: String
    let bucket: Bucket?
    /// The owner's account-wide settings.
    let accountBlock: PublicAccessBlock
    let policy: CompiledPolicy?
    /// Who owns its objects, and its access control list.
    let lists: BucketLists
    /// Whether it does something with its objects in time.
    var hasLifecycle = false
    /// A policy that must pass as well before it takes the place of `policy`.
    var proposed: CompiledPolicy?
    /// The access point that the call comes through; nil where it names the bucket itself.
    var point: OpenedPoint?
    /// What the name is besides, or instead.
    var naming = PointNaming.bucket

    static func find(_ name: String, _ policies: PolicyCache, _ snapshot: borrowing Snapshot) throws -> BucketTarget {
        // Hosts that name an access point may be read as the name of a bucket, too.
        let like = AccessPointName.parts(ofHostLabel: name)
        let found = try snapshot.first(
            """
            SELECT b.id, b.name, b.account, b.location, b.created, b.policy, b.public_access, b.encryption, b.kms_key,
                b.bucket_key, b.blocks_customer_keys, b.versioning, b.mfa_delete,
                b.object_lock, b.lock_mode, b.lock_days, b.lock_years, a.public_access, b.ownership, b.acl,
                b.has_lifecycle, (SELECT 1 FROM s3_access_point p WHERE p.account = ?2 AND p.name = ?3), b.replication
            FROM s3_bucket b LEFT JOIN s3_account a ON a.account = b.account WHERE b.name = ?1
            """, .text(name), .textOrNull(like?.account.description), .textOrNull(like?.name)
        ) { row in
            var bucket = try Bucket(row)
            bucket.replication = ReplicationPart(rawValue: row.int(22))
            return (
                bucket, PublicAccessBlock(rawValue: row.int(17)), try BucketLists(row, at: 18, of: row.int(0)),
                row.bool(20), row.intOrNull(21) == nil ? PointNaming.bucket : .bucketAndPoint
            )
        }
        return BucketTarget(
            name: name, bucket: found?.0, accountBlock: found?.1 ?? [],
            policy: found?.0.policy.map { policies.policy($0, as: .resource(service: "s3")) }, lists: found?.2 ?? .none,
            hasLifecycle: found?.3 ?? false, naming: found?.4 ?? .bucket)
    }

    /// S3 tells everybody that a bucket does not exist, signed or not: this is asked before the policies are.
    func required() throws -> Bucket {
        if let bucket { return bucket }
        try checkPointBehind()
        throw BucketName.isValid(name) ? Refused.noSuchBucket(name) : Refused.bucketName(name)
    }

    /// The settings of bucket and account together, and of the access point where the call comes through one.
    var block: PublicAccessBlock {
        accountBlock.union(bucket?.publicAccess ?? []).union(point?.point.publicAccess ?? [])
    }

    /// What the bucket says of calls to it and to its objects. - Parameter object: the one asked about, where lists count.
    private func side(of owner: AccountID, _ object: ListedObject?) -> ResourceSide {
        ResourceSide(
            policy: policy, restrictsPublicAccess: block.contains(.restrictPublicBuckets),
            lists: lists.access(of: owner, block, object: object))
    }

    /// A question about the bucket, or about a key in it.
    func ask(_ action: String, key: String? = nil, object: ListedObject? = nil, keys: [ConditionEntry] = []) throws
        -> Ask
    {
        let bucket = try required()
        let arn = key.map { bucket.arn + "/" + $0 } ?? bucket.arn
        return Ask(
            Action("s3", action), on: arn, of: bucket.account, side: side(of: bucket.account, object),
            keys: keys + ownerKeys(bucket) + (point?.keys ?? []), door: point?.ask(action, key: key, block, keys))
    }

    /// What holds of every call to the bucket, whatever the policies say.
    ///
    /// The caller's guess of the owner must be right, and the signature made for the bucket's Region.
    func check(owner: String?, _ facts: RequestFacts, anyRegion: Bool = false) throws {
        try checkPoint(facts)
        let bucket = try required()
        if let owner {
            guard AccountID(owner) != nil else {
                throw Refused.argument(
                    "x-amz-expected-bucket-owner", owner,
                    "The value of the expected bucket owner parameter must be an AWS "
                        + "Account ID")
            }
            guard owner == bucket.account.description else { throw AccessDenied.anonymous }
        }
        guard !facts.caller.isAnonymous, !anyRegion, facts.region != bucket.region else { return }
        throw WrongRegion(signed: facts.region, bucket: bucket.region)
    }

    private func ownerKeys(_ bucket: Bucket) -> [ConditionEntry] {
        [ConditionEntry(.s3ResourceAccount, bucket.account.description)]
    }
}

/// The signature is for another Region than the bucket's. Clients read the right one and sign again.
struct WrongRegion: ServiceError {
    let signed: Region
    let bucket: Region

    var code: String { "AuthorizationHeaderMalformed" }
    var httpStatus: Int { 400 }
    var message: String {
        "The authorization header is malformed; the region '\(signed)' is wrong; expecting '\(bucket)'"
    }
    var fields: [ErrorField] { [ErrorField("Region", bucket.description)] }
    var headers: [ErrorField] { [ErrorField("x-amz-bucket-region", bucket.description)] }
}
