public import AWS
import Authorization
public import Door
public import Storage
public import World

/// Buckets that others may reach: by the bucket's policy, its access control list, and the account's access points.
///
/// What Block Public Access shuts lets nobody in, by the same rules that calls are decided by.
/// - Source: IAM User Guide, "IAM Access Analyzer resource types", "Amazon Simple Storage Service buckets".
public struct SharedBuckets: SharedResources {
    public let type = "AWS::S3::Bucket"
    private let names: any PrincipalNames
    private let policies = PolicyCache()

    /// - Parameter names: those of users and roles, which policies store by id.
    public init(names: any PrincipalNames) { self.names = names }

    /// In the order of their names.
    public func page(
        of account: AccountID, in region: Region, after position: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> (arns: [String], next: String?) {
        let buckets = try Bucket.list(
            of: account, prefix: "", after: position, location: nil, limit: limit, snapshot)
        return (
            buckets.filter { $0.region == region }.map(\.arn), buckets.count == limit ? buckets.last?.name : nil
        )
    }

    /// Whom it lets in from outside, by the names of today.
    public func sharing(
        of arn: String, of account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> [Sharing]? {
        let prefix = Bucket.arn("")
        guard arn.hasPrefix(prefix) else { return nil }
        let target = try BucketTarget.find(String(arn.dropFirst(prefix.count)), policies, snapshot)
        guard let bucket = target.bucket, bucket.account == account, bucket.region == region else { return nil }
        let policy = try compiled(bucket.policy, snapshot)
        var found = SharingList()
        for sharing in direct(policy, target.block, account) + list(try target.effectiveList(), account) {
            found.add(sharing.reach, through: sharing.source)
        }
        try points(at: bucket, target, policy, &found, snapshot)
        return found.all
    }

    /// With the names of today.
    private func compiled(_ stored: String?, _ snapshot: borrowing Snapshot) throws -> CompiledPolicy? {
        try stored.map { stored in
            let text = try BucketPolicy(names: names).shown(stored, snapshot)
            return CompiledPolicy(stored: Array(text.utf8), as: BucketPolicy.kind)
        }
    }

    /// While a public policy is restricted, nobody outside gets in by it.
    private func reaches(_ policy: CompiledPolicy?, _ block: PublicAccessBlock, _ account: AccountID) -> [ExternalReach]
    {
        guard let policy, !(policy.isPublic && block.contains(.restrictPublicBuckets)) else { return [] }
        return ExternalReach.all(of: policy, ownedBy: account.description)
    }

    private func direct(_ policy: CompiledPolicy?, _ block: PublicAccessBlock, _ account: AccountID) -> [Sharing] {
        reaches(policy, block, account).compactMap { reach in
            switch reach.door {
            case .direct: Sharing(reach, through: .policy)
            case .points(let other): Sharing(reach, through: .pointsOfAccount(other))
            case .ownPoints: nil
            }
        }
    }

    /// The list as it holds now. Logs are delivered by AWS itself.
    private func list(_ list: AccessControlList, _ account: AccountID) -> [Sharing] {
        list.grants.compactMap { grant in
            let principal: ExternalReach.Principal
            switch grant.grantee {
            case .allUsers, .authenticatedUsers: principal = .everyone
            case .account(let other):
                guard other != account else { return nil }
                principal = .canonicalUser(CanonicalUser.id(of: other))
            case .anonymous: principal = .canonicalUser(ListOwner.anonymous.canonicalID)
            case .logDelivery: return nil
            }
            return Sharing(
                ExternalReach(
                    principal, actions: SharedBuckets.actions(grant.permission),
                    isPublic: grant.isPublic || grant.grantee == .anonymous),
                through: .list)
        }
    }

    /// - Source: S3 User Guide, "Mapping of ACL permissions and access policy permissions".
    private static func actions(_ permission: S3Access.Permission) -> [String] {
        switch permission {
        case .read: ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"]
        case .write: ["s3:DeleteObject", "s3:PutObject"]
        case .readACP: ["s3:GetBucketAcl"]
        case .writeACP: ["s3:PutBucketAcl"]
        case .fullControl: [S3Access.Permission.read, .write, .readACP, .writeACP].flatMap(actions)
        }
    }

    /// Through the account's own points: where the point lets somebody in and the bucket lets him through. Points of other
    /// accounts are not theirs to be told of.
    private func points(
        at bucket: Bucket, _ target: BucketTarget, _ policy: CompiledPolicy?, _ found: inout SharingList,
        _ snapshot: borrowing Snapshot
    ) throws {
        // What Block Public Access of a point shuts besides, by its setting.
        var doorsOf: [PublicAccessBlock: [ExternalReach]] = [:]
        try AccessPoint.each(at: bucket, snapshot) { point in
            guard let stored = point.policy else { return }
            let block = target.block.union(point.publicAccess)
            let doors =
                doorsOf[block]
                ?? reaches(policy, block, bucket.account).filter {
                    if case .points = $0.door { false } else { true }
                }
            doorsOf[block] = doors
            guard !doors.isEmpty else { return }
            for reach in reaches(try compiled(stored, snapshot), block, bucket.account) {
                for shared in SharedBuckets.shared(reach, doors) {
                    found.add(shared, through: .accessPoint(arn: point.arn))
                }
            }
        }
    }

    /// What a point lets somebody do of whom the bucket lets through: all of those, or fewer.
    private static func shared(_ reach: ExternalReach, _ doors: [ExternalReach]) -> [ExternalReach] {
        var (whole, isPublic, narrower) = (false, false, [ExternalReach]())
        for door in doors {
            guard let principal = common(reach, door) else { continue }
            let isOpen = reach.isPublic && (door.isPublic || door.door == .ownPoints)
            if principal == reach.principal {
                (whole, isPublic) = (true, isPublic || isOpen)
                continue
            }
            narrower.append(
                ExternalReach(
                    principal, actions: reach.actions,
                    condition: reach.condition.merging(door.condition) { own, _ in own },
                    isPublic: isOpen && principal == .everyone))
        }
        guard whole else { return narrower }
        return [ExternalReach(reach.principal, actions: reach.actions, condition: reach.condition, isPublic: isPublic)]
    }

    private static func common(_ one: ExternalReach, _ other: ExternalReach) -> ExternalReach.Principal? {
        one.common(other) ?? canonical(one.principal, other.principal) ?? canonical(other.principal, one.principal)
    }

    /// An account, or somebody of it, who is also named by the account's canonical id.
    private static func canonical(_ one: ExternalReach.Principal, _ other: ExternalReach.Principal)
        -> ExternalReach.Principal?
    {
        guard case .canonicalUser(let id) = one else { return nil }
        let number: String? =
            switch other {
            case .account(let number): number
            case .identity(let arn): ARN(arn)?.accountID?.description
            default: nil
            }
        guard let account = number.flatMap({ AccountID($0) }), CanonicalUser.id(of: account) == id else { return nil }
        return other
    }
}
