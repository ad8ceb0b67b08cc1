import Authorization
import Door
import Formats
import S3API
import Smithy
import Storage

/// Where a bucket's server access logs go; nothing where there are none.
/// - Source: S3 API Reference, "GetBucketLogging".
struct GetBucketLogging: Query, OnBucket {
    typealias Shape = S3.GetBucketLogging
    static var marker: String? { "logging" }
    let buckets: Buckets

    func answer(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(loggingEnabled: try BucketLogging.find(permit.target.required(), snapshot)?.shape)
    }
}

/// Has the requests to a bucket logged in another, or in itself; an empty configuration ends that.
/// - Source: S3 API Reference, "PutBucketLogging".
struct PutBucketLogging: Change, OnBucket {
    typealias Shape = S3.PutBucketLogging
    static var marker: String? { "logging" }
    let buckets: Buckets

    func perform(
        _ input: Input, under permit: borrowing Permit<BucketTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.required()
        guard let wanted = input.bucketLoggingStatus.loggingEnabled else {
            try BucketLogging.end(of: bucket.id, at: permit.facts.now, in: &transaction)
            return Output()
        }
        let target = try buckets.find(wanted.targetBucket, in: transaction.snapshot)
        try BucketLogging.check(target, of: bucket.account, in: bucket.location)
        guard wanted.targetPrefix.utf8.count <= PutBucketLogging.longestPrefix else {
            throw Refused.argument("TargetPrefix", wanted.targetPrefix, "The target prefix is too long")
        }
        let logging = BucketLogging(
            of: bucket, target: wanted.targetBucket, prefix: wanted.targetPrefix, format: try format(wanted),
            grants: try grants(wanted, on: target, transaction.snapshot))
        try logging.put(in: &transaction)
        return Output()
    }

    /// With it, keys of every format are within S3's 1,024 bytes.
    private static let longestPrefix = 800

    private func format(_ wanted: S3.LoggingEnabled) throws -> BucketLogging.Format {
        guard let format = wanted.targetObjectKeyFormat else { return .unset }
        switch (format.simplePrefix, format.partitionedPrefix) {
        case (.some, nil): return .simple
        case (nil, let partitioned?):
            switch partitioned.partitionDateSource {
            case .eventTime: return .partitionedByEvent
            case .deliveryTime: return .partitionedByDelivery
            default: throw Refused.malformedXML
            }
        default: throw Refused.malformedXML
        }
    }

    /// Who else may do what with the delivered objects, where lists count.
    private func grants(
        _ wanted: S3.LoggingEnabled, on target: BucketTarget, _ snapshot: borrowing Snapshot
    ) throws -> AccessControlList? {
        guard let given = wanted.targetGrants, !given.isEmpty else { return nil }
        guard target.lists.ownership.hasLists else { throw Refused.accessControlList }
        let owner = ListOwner.account(try target.required().account)
        let grants = try given.map { grant in
            guard let permission = grant.permission, ["FULL_CONTROL", "READ", "WRITE"].contains(permission.rawValue)
            else { throw Refused.malformedList }
            return S3.Grant(grantee: grant.grantee, permission: S3.Permission(rawValue: permission.rawValue))
        }
        let policy = S3.AccessControlPolicy(grants: grants, owner: S3.Owner(iD: owner.canonicalID))
        let list = try GivenList.body(policy).list(
            of: owner, in: target.required().account, buckets.names, snapshot)
        // The owner's own comes with it.
        guard list.grants.count < AccessControlList.limit else { throw Refused.malformedList }
        return list
    }

    func recording(_ input: Input, of target: BucketTarget?, _ facts: RequestFacts) -> Recording {
        var record = record(input, facts)
        record.put(body: "BucketLoggingStatus") { json in
            guard let wanted = input.bucketLoggingStatus.loggingEnabled else { return }
            json.key("LoggingEnabled")
            json.beginObject()
            json.member("TargetBucket", wanted.targetBucket)
            json.member("TargetPrefix", wanted.targetPrefix)
            if let partitioned = wanted.targetObjectKeyFormat?.partitionedPrefix {
                json.key("TargetObjectKeyFormat")
                json.beginObject()
                json.key("PartitionedPrefix")
                json.beginObject()
                if let source = partitioned.partitionDateSource { json.member("PartitionDateSource", source.rawValue) }
                json.endObject()
                json.endObject()
            }
            json.endObject()
        }
        return record.recording(of: target)
    }
}

extension BucketLogging {
    fileprivate var shape: S3.LoggingEnabled {
        S3.LoggingEnabled(
            targetBucket: target,
            targetGrants: grants?.shapes.map { grant in
                S3.TargetGrant(
                    grantee: grant.grantee,
                    permission: grant.permission.map { S3.BucketLogsPermission(rawValue: $0.rawValue) })
            }, targetPrefix: prefix, targetObjectKeyFormat: format.shape)
    }
}

extension BucketLogging.Format {
    fileprivate var shape: S3.TargetObjectKeyFormat? {
        switch self {
        case .unset: nil
        case .simple: S3.TargetObjectKeyFormat(simplePrefix: S3.SimplePrefix())
        case .partitionedByEvent:
            S3.TargetObjectKeyFormat(partitionedPrefix: S3.PartitionedPrefix(partitionDateSource: .eventTime))
        case .partitionedByDelivery:
            S3.TargetObjectKeyFormat(partitionedPrefix: S3.PartitionedPrefix(partitionDateSource: .deliveryTime))
        }
    }
}
