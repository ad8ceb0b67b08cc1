import AWS
import Authentication
import Authorization
import Blobs
import Door
import S3API
import Storage
import Testing
import World

@testable import S3Service

/// S3's rows, as each of its migrations found them.
enum S3Upgrades {
    static let all = (2...13).map { number in
        FormerStore(
            S3Service.schema, before: number, "buckets and objects with all they then had",
            fill: { try S3FormerRows(number: number).fill(&$0) },
            check: { store in
                try store.read { snapshot in
                    try checkBuckets(number, snapshot)
                    try checkObjects(number, snapshot)
                    if number > 4 { try checkVersions(number, snapshot) }
                    if number > 5 { try checkUploads(snapshot) }
                    if number > 8 { try checkReports(snapshot) }
                }
                try await store.write { transaction in
                    try checkReplacing(&transaction)
                    try checkRemoval(hasUploads: number > 5, &transaction)
                }
            })
    }

    private static func bucket(_ name: String, _ snapshot: borrowing Snapshot) throws -> Bucket {
        try BucketTarget.find(name, PolicyCache(), snapshot).required()
    }

    private static func checkBuckets(_ number: Int, _ snapshot: borrowing Snapshot) throws {
        let names = try Bucket.list(of: .first, prefix: "", after: "", location: nil, limit: 99, snapshot).map(\.name)
        #expect(
            names == ["empty"] + (number > 4 ? ["kept", "paused"] : []) + ["plain"] + (number > 2 ? ["sealed"] : []))
        let plain = try BucketTarget.find("plain", PolicyCache(), snapshot)
        let own = try plain.required()
        #expect(
            own.publicAccess == nil && own.policy == nil && own.encryption == .original && own.versioning == .original)
        #expect(own.lock == nil && own.replication == [] && plain.lists.ownership == .bucketOwnerEnforced)
        #expect(plain.hasLifecycle == (number > 7) && plain.accountBlock == [] && plain.block == [])
        let guarded = try BucketTarget.find("guarded", PolicyCache(), snapshot)
        let other = try guarded.required()
        #expect(other.region.description == "eu-west-1" && other.publicAccess == .all && guarded.policy != nil)
        let ownership = number > 6 ? ObjectOwnership.objectWriter : .bucketOwnerEnforced
        #expect(guarded.accountBlock == .blockPublicPolicy && guarded.lists.ownership == ownership)
        let (ownTags, otherTags) = (try own.tags(snapshot), try other.tags(snapshot))
        #expect(
            ownTags.map(\.value) == (number > 3 ? ["one"] : []) && otherTags.map(\.value) == (number > 3 ? ["two"] : [])
        )
        let (rules, site) = (try own.cors(snapshot), try WebsiteSettings.find(1, snapshot))
        #expect((rules != nil) == (number > 3) && (site != nil) == (number > 11))
        let pass = try LifecyclePass.find(1, snapshot)
        #expect(pass?.stage == (number > 7 ? .uploads : nil) && pass?.day == (number > 7 ? 20_000 : nil))
        guard number > 2 else { return }
        let sealed = try bucket("sealed", snapshot).encryption
        #expect(
            sealed == BucketEncryption(algorithm: .kms, key: "alias/k", usesBucketKey: true, blocksCustomerKeys: false))
    }

    private static func checkObjects(_ number: Int, _ snapshot: borrowing Snapshot) throws {
        let plain = try bucket("plain", snapshot)
        let keys = [Array("a".utf8)] + (number > 5 ? [Array("joined".utf8)] : []) + [[0xff, 0x00]]
        let walk = VersionWalk(prefix: [], delimiter: [], after: nil, limit: 99)
        var found: [StoredObject] = []
        for case .version(.object(let object), let isLatest) in try walk.entries(of: plain, snapshot).entries {
            #expect(isLatest && object.version == nil && object.place == 0 && object.size == 3)
            #expect(
                object.storageClass == .standard && object.algorithm == .crc32 && object.modified == Instant(seconds: 5)
            )
            found.append(object)
        }
        #expect(found.map(\.key) == keys)
        let listed = try KeyWalk(prefix: [], delimiter: [], marker: [], limit: 99).entries(of: plain, snapshot).entries
        #expect(listed.map(\.position) == keys)
        let (first, second) = (try ObjectContent.find(1, snapshot), try ObjectContent.find(2, snapshot))
        #expect(
            first.protection.isS3 && first.layout == nil && first.replication == nil && first.header.metadata.isEmpty)
        #expect(
            first.header.redirect == (number > 11 ? "/x" : nil) && first.reference.isInline
                && first.reference.length == 3)
        #expect(second.header.metadata == ["k": "v"] && second.header.expires == "x" && second.protection.isS3)
        let encoded = S3FormerRows.reference(2, length: 70_000, isFile: true)
        #expect(second.reference.length == 70_000 && second.reference.encoded == encoded)
        let tags = try ObjectTags.find(1, snapshot)
        #expect(tags.map(\.key) == (number > 3 ? ["A", "a"] : []))
        let guarded = try OwnedObject.find(3, of: bucket("guarded", snapshot), snapshot)
        #expect(guarded.owner == .account(number > 6 ? .first : .second) && (guarded.list == nil) == (number <= 6))
        guard number > 2 else { return }
        let (kms, customer) = (
            try ObjectContent.find(4, snapshot).protection, try ObjectContent.find(5, snapshot).protection
        )
        #expect(kms.kms?.dataKey == [1] && kms.kms?.context.pairs == ["c": "d"] && kms.kms?.usesBucketKey == true)
        #expect(customer.customer?.salt == [2] && customer.customer?.check == [3])
    }

    private static func checkVersions(_ number: Int, _ snapshot: borrowing Snapshot) throws {
        let kept = try bucket("kept", snapshot)
        #expect(kept.versioning == BucketVersioning(state: .enabled, needsFactor: true))
        #expect(kept.lock == BucketLock(retention: .init(mode: .compliance, period: .days(30))))
        let walk = VersionWalk(prefix: [], delimiter: [], after: nil, limit: 99)
        let versions = try walk.entries(of: kept, snapshot).entries.compactMap { entry in
            if case .version(let version, let isLatest) = entry { (version, isLatest) } else { nil }
        }
        #expect(versions.map { $0.0.version } == S3FormerRows.versions + [nil])
        #expect(versions.map { $0.1 } == [true, false, false, false] && versions[1].0.marker != nil)
        for version in versions {
            let named = try StoredVersion.find(VersionName(version.0.version), of: [0x76], in: kept, snapshot)
            #expect(named?.place == version.0.place)
        }
        let locks = try [6, 7, 8].map { try ObjectLock.find($0, snapshot) }
        #expect(locks[0].retention?.mode == .compliance && locks[0].retention?.until == Instant(seconds: 99))
        #expect(locks.map(\.isHeld) == [nil, true, false] && locks[1].isHoldOfSource == (number > 12))
        let status = try ReplicationStatus.find(6, snapshot)
        #expect(
            status == (number > 10 ? .completed : nil)
                && kept.replication == (number > 10 ? [.source, .destination] : []))
        let paused = try bucket("paused", snapshot)
        let null = try StoredVersion.find(.null, of: [0x76], in: paused, snapshot)
        #expect(paused.versioning.state == .suspended && null?.object?.content == 9)
    }

    private static func checkUploads(_ snapshot: borrowing Snapshot) throws {
        var going: [Upload] = []
        try Upload.scan(bucket("empty", snapshot), fromKey: [], after: [], snapshot) {
            going.append($0)
            return true
        }
        #expect(going.map(\.content) == [11, 12] && going.map(\.isDefault) == [true, false])
        #expect(going[0].checksum.algorithm == .sha256 && going[0].checksum.isNamed && !going[0].checksum.isComposite)
        let user = UserPrincipal(account: .first, name: "ann", path: "/", uniqueID: "AIDA1")
        #expect(
            going.map { $0.asked.begun(.user(user)) } == [.others, .caller] && going[1].asked.texts["acl"] == "private")
        let parts = try StoredPart.list(of: 11, snapshot)
        #expect(parts.map(\.number) == [1, 10_000] && parts.map(\.size) == [4, 4])
        let plain = try bucket("plain", snapshot)
        let whole = try Upload.find(UploadID(S3FormerRows.uploads[0])?.text ?? "", to: "joined", in: plain, snapshot)
        #expect(whole?.isComplete == true && whole?.content == 10)
        let object = try StoredObject.find("joined", in: plain, snapshot)
        let layout = try ObjectContent.find(10, snapshot).layout
        #expect(object?.isComposite == true && layout?.numbers == [1, 3])
        let sent = try StoredPart.find(3, of: 10, snapshot)?.sent
        #expect(sent?.algorithm == .sha256 && sent?.checksum == [3])
    }

    private static func checkReports(_ snapshot: borrowing Snapshot) throws {
        let plain = try bucket("plain", snapshot)
        let logging = try BucketLogging.find(plain, snapshot)
        #expect(logging?.target == "logs" && logging?.format == .partitionedByEvent)
        let run = try InventoryRun.find(.init(bucket: 1, id: "all"), snapshot)
        #expect(run?.stage == .symlink && run?.plan.isEnabled == true)
    }

    /// Objects of before are replaced, set back behind new versions and deleted as those of today are.
    private static func checkReplacing(_ transaction: inout Transaction) throws {
        let now = Instant(seconds: 50)
        try transaction.run(
            "INSERT INTO s3_content (id, reference, checksum, content_type) VALUES (101, ?1, x'', ''), (102, ?1, x'', '')",
            .blob(S3FormerRows.reference(60, length: 8)))
        func object(_ content: Int64) -> NewObject {
            NewObject(etag: [1], size: 8, algorithm: .crc32, content: content)
        }
        let plain = try bucket("plain", transaction.snapshot)
        let first = try VersionStack(of: "a", in: plain, at: now)
            .push(object(101), lock: .none, noting: Outdated(), in: &transaction)
        let isLeft = try transaction.exists(
            "SELECT 1 FROM s3_content WHERE id = 1 UNION ALL SELECT 1 FROM s3_object_tag WHERE content = 1")
        try demand(first == nil && !isLeft)
        try plain.setVersioning(BucketVersioning(state: .enabled), in: &transaction)
        let versioned = try bucket("plain", transaction.snapshot)
        let stack = VersionStack(of: "a", in: versioned, at: now)
        let second = try stack.push(object(102), lock: .none, noting: Outdated(), in: &transaction)
        let null = try StoredVersion.find(.null, of: [0x61], in: versioned, transaction.snapshot)
        try demand(second?.place == -1 && null?.object?.content == 101)
        let marker = try stack.delete(noting: Outdated(), in: &transaction)
        let current = try StoredObject.find("a", in: versioned, transaction.snapshot)
        try demand(marker.isMarker && current == nil)
        let removed = try stack.remove(.null, noting: Outdated(), in: &transaction)
        let other = try StoredVersion.latest(of: [0x61], in: versioned, transaction.snapshot)
        try demand(removed.version == "null" && other?.marker?.place == -2)
    }

    /// A bucket of before may go before its uploads.
    private static func checkRemoval(hasUploads: Bool, _ transaction: inout Transaction) throws {
        let empty = try bucket("empty", transaction.snapshot)
        let isEmpty = try empty.isEmpty(transaction.snapshot)
        try demand(isEmpty)
        try OutgoingContent.addUploads(to: empty, in: &transaction)
        try empty.delete(in: &transaction)
        let waiting = try transaction.number("SELECT count(*) FROM s3_upload WHERE bucket = 3")
        try demand(waiting == (hasUploads ? 2 : 0))
        try OutgoingContent.removeSome(1000, noting: Outdated(), in: &transaction)
        let left = try transaction.number(
            "SELECT (SELECT count(*) FROM s3_upload WHERE bucket = 3) + (SELECT count(*) FROM s3_part WHERE content = 11)"
        )
        let isAny = try OutgoingContent.isAny(transaction.snapshot)
        try demand(left == 0 && !isAny)
    }
}
