import AWS
import Authentication
import Authorization
import Blobs
import Door
import Journal
import S3API
import Smithy
import Storage
import World

/// Makes the replica of one version, or makes it again what its source is: the call of the chore that replicates, with a session
/// of the role that the source's rules name. It is in no roster.
///
/// Nothing is done that the role, and the policy of the destination, do not allow; and what was noted to be done is done in the
/// transaction that makes it visible, or not at all.
/// - Source: S3 User Guide, "Setting up permissions for live replication", "What does Amazon S3 replicate?".
struct ReplicateVersion: PreparedChange {
    typealias Shape = S3.PutObject
    let objects: Objects
    let task: ReplicationTask

    /// What is to be replicated, and to where.
    struct Target: Sendable {
        let source: BucketTarget
        let destination: BucketTarget
        let rule: S3.ReplicationRule
        /// Nil where it is gone.
        let version: StoredVersion?
        let facts: SourceFacts
        /// What the destination has of that name.
        let replica: StoredVersion?
        /// The ARN of the KMS key that the rule names, where the replica lies under it.
        var namedKey: String?
    }

    /// What a replica takes along.
    struct SourceFacts: Sendable {
        var content: ObjectContent?
        var parts: [StoredPart] = []
        var tags: [S3.Tag] = []
        var lock = ObjectLock.none
        /// Nil where lists do not count in the source.
        var owned: OwnedObject?
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let source = try objects.buckets.find(task.bucketName, in: snapshot)
        let bucket = try source.required()
        guard bucket.id == task.bucket, let rules = try bucket.replicationRules(snapshot),
            let rule = rules.rule(task.rule, to: task.destination)
        else { throw ReplicationFailure.ruleIsGone }
        // The rule may have been narrowed since the task was noted.
        guard rule.covers(task.key, nil), task.kind != .marker || rule.takesMarkers else {
            throw ReplicationFailure.ruleIsGone
        }
        let destination = try objects.buckets.find(task.destination, in: snapshot)
        let version = try StoredVersion.find(.id(task.version), of: task.key, in: bucket, snapshot)
        var taken = SourceFacts()
        if let object = version?.object {
            let content = try ObjectContent.find(object.content, snapshot)
            taken.content = content
            taken.tags = try ObjectTags.find(object.content, snapshot)
            guard task.kind != .object || rule.covers(task.key, taken.tags) else {
                throw ReplicationFailure.ruleIsGone
            }
            taken.owned = try OwnedObject.find(object, in: source, snapshot)
            if bucket.lock != nil { taken.lock = try ObjectLock.find(object.content, snapshot) }
            if content.layout != nil { taken.parts = try StoredPart.list(of: object.content, snapshot) }
        }
        let replica = try destination.bucket.flatMap {
            try StoredVersion.find(.id(task.version), of: task.key, in: $0, snapshot)
        }
        var target = Target(
            source: source, destination: destination, rule: rule, version: version, facts: taken, replica: replica)
        if taken.content?.protection.kms != nil, let key = rule.replicaKey {
            target.namedKey = try objects.cipher.arn(named: key, facts, snapshot)
        }
        return target
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        try target.check(task)
        return .each(try target.asks(task).map(\.ask))
    }

    /// - Throws: the first refusal of what is needed. - Returns: whether the tags may go along.
    private func decided(_ target: Target, _ verdicts: [Verdict]) throws -> Bool {
        var takesTags = true
        for (question, verdict) in zip(try target.asks(task), verdicts) {
            guard case .denied(let message) = verdict else { continue }
            guard question.canBeLeft else { throw AccessDenied(message) }
            takesTags = false
        }
        return takesTags
    }

    struct Prepared: Sendable {
        /// Nil where no content is to be copied.
        let staged: StagedReplica?
        /// The row of the content that was copied.
        let content: Int64?
        let outdated = Outdated()
    }

    func prepare(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Prepared {
        let (target, facts, calls) = (permit.target, permit.facts, permit.calls)
        _ = try decided(target, permit.verdicts)
        guard let object = target.version?.object, let content = target.facts.content, target.replica == nil else {
            return Prepared(staged: nil, content: nil)
        }
        let places = (
            ObjectPlace(bucket: try target.source.required(), key: input.key),
            ObjectPlace(bucket: try target.destination.required(), key: input.key)
        )
        let own = try await objects.cipher.open(
            content.protection, at: places.0, customer: nil, calls.in(places.0.bucket.region))
        let open = try await objects.cipher.begin(
            target.encryption(places.1.bucket), replicaAt: places.1, facts, calls.in(places.1.bucket.region))
        // An alias may lead to another key by now.
        guard open.protection.lies(under: target.namedKey) else { throw Failure.unsettled }
        let copy = ReplicaCopy(
            objects: objects, object: object, content: content, parts: target.facts.parts, source: own,
            destination: open)
        return Prepared(staged: try await copy.store(), content: object.content)
    }

    func perform(
        _ input: Input, _ prepared: Prepared, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        let takesTags = try decided(target, permit.verdicts)
        prepared.outdated.reset()
        let bucket = try target.destination.required()
        switch (target.version, target.replica) {
        case (.object?, .object(let replica)?):
            // It was made meanwhile, or only something beside the content changed. What was copied in vain goes.
            prepared.staged?.note(in: prepared.outdated)
            try renew(replica, in: bucket, target, permit.facts, &transaction)
        case (.object(let object)?, nil):
            guard let staged = prepared.staged, let content = target.facts.content, prepared.content == object.content,
                // The source may have been put under a key of KMS meanwhile: the policies were asked about that.
                staged.protection.isS3 == content.protection.isS3
            else { throw Failure.unsettled }
            let row = try staged.insert(content, tags: takesTags ? target.facts.tags : [], &transaction)
            try ReplicationStatus.replica.put(on: row, in: &transaction)
            let new = NewObject(
                etag: object.etag, size: object.size, algorithm: object.algorithm, isComposite: object.isComposite,
                storageClass: try target.storageClass(of: object), content: row)
            try add(new, at: object.modified, target.lock(at: permit.facts.now), to: bucket, permit.facts, &transaction)
            try target.own(row, permit.facts, &transaction)
        case (.marker(let marker)?, nil):
            try add(nil, at: marker.modified, .none, to: bucket, permit.facts, &transaction)
        case (.marker?, .marker?): break
        default: throw Failure.unsettled
        }
        try task.complete(&transaction)
        return Output(versionId: task.version.text)
    }

    private func add(
        _ object: NewObject?, at modified: Instant, _ lock: ObjectLock, to bucket: Bucket, _ facts: RequestFacts,
        _ transaction: inout Transaction
    ) throws {
        let replica = Replica(
            object: object, origin: task.bucket, version: task.version, modified: modified, lock: lock)
        try VersionStack(of: task.keyText, in: bucket, at: facts.now).add(replica, in: &transaction)
    }

    /// Gives a replica what was changed of its source. A retention in force is never weakened, and a hold that the destination
    /// set does not end: whoever may pass by the one or end the other does so at the destination, too.
    private func renew(
        _ replica: StoredObject, in bucket: Bucket, _ target: Target, _ facts: RequestFacts,
        _ transaction: inout Transaction
    ) throws {
        if task.changes.contains(.tags) {
            try ObjectTags.put(target.facts.tags, of: replica.content, in: &transaction)
        }
        if bucket.lock != nil, !task.changes.isDisjoint(with: [.retention, .hold]) {
            var lock = try ObjectLock.find(replica.content, transaction.snapshot)
            if task.changes.contains(.hold) { lock.follow(target.facts.lock.isHeld) }
            if task.changes.contains(.retention) {
                guard !lock.needsBypass(for: target.facts.lock.retention, at: facts.now) else {
                    throw ReplicationFailure.lockIsInForce
                }
                lock.retention = target.facts.lock.retention
            }
            try lock.put(on: replica.content, in: &transaction)
        }
        if task.changes.contains(.list) { try target.own(replica.content, facts, &transaction) }
    }

    func abandon(_ prepared: Prepared) async {
        let unused = Outdated()
        prepared.staged?.note(in: unused)
        await unused.remove(from: objects.blobs, objects.log)
    }

    func settle(_ prepared: Prepared) async { await prepared.outdated.remove(from: objects.blobs, objects.log) }

    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("x-amz-version-id", task.version.text)
        record.copies(input.key, of: task.bucketName, target?.source)
        let name =
            switch task.kind {
            case .object: "PutObject"
            case .marker: "DeleteObject"
            case .change: "PutObjectTagging"
            }
        return record.recording(of: target?.destination, named: name, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}

/// One question of a replication.
private struct ReplicationQuestion {
    let ask: Ask
    /// Whether it decides only about the tags of a new replica. Without leave for them it is made without.
    /// - Source: S3 User Guide, "Setting up permissions for live replication", on `s3:ReplicateTags`.
    var canBeLeft = false
}

extension ReplicateVersion.Target {
    /// What must be so before the policies are asked.
    fileprivate func check(_ task: ReplicationTask) throws {
        guard let version else { throw ReplicationFailure.sourceIsGone }
        guard let bucket = destination.bucket else { throw ReplicationFailure.noDestination(task.destination) }
        guard bucket.versioning.state == .enabled else { throw ReplicationFailure.unversioned(bucket.name) }
        if let account = rule.destination.account, account != bucket.account.description {
            throw ReplicationFailure.otherOwner(bucket.name, account)
        }
        if try source.required().lock != nil, bucket.lock == nil, version.object != nil {
            throw ReplicationFailure.noLock(bucket.name)
        }
        guard let content = facts.content else { return }
        if content.protection.customer != nil { throw ReplicationFailure.customerKey }
        if content.protection.kms != nil, !rule.takesKMS { throw ReplicationFailure.ruleIsGone }
        if task.kind == .change, replica == nil { throw ReplicationFailure.replicaIsGone(bucket.name) }
    }

    fileprivate func asks(_ task: ReplicationTask) throws -> [ReplicationQuestion] {
        let (key, id) = (task.keyText, ConditionEntry(.s3Versionid, task.version.text))
        let tagged = facts.tags.map { ConditionEntry(.s3ExistingObjectTag($0.key), $0.value) }
        let owned: ListedObject? = facts.owned.map { .present($0) }
        func of(_ action: String, _ keys: [ConditionEntry] = []) throws -> ReplicationQuestion {
            ReplicationQuestion(ask: try source.ask(action, key: key, object: owned, keys: keys))
        }
        func at(_ action: String, _ keys: [ConditionEntry] = []) throws -> ReplicationQuestion {
            let listed: ListedObject? = destination.lists.ownership.hasLists ? .absent : nil
            return ReplicationQuestion(ask: try destination.ask(action, key: key, object: listed, keys: keys))
        }
        var questions = [
            ReplicationQuestion(ask: try source.ask("GetReplicationConfiguration")),
            ReplicationQuestion(ask: try source.ask("ListBucket")),
        ]
        guard let content = facts.content else { return questions + [try at("ReplicateDelete")] }
        questions += [
            try of("GetObjectVersionForReplication"), try of("GetObjectVersionAcl", tagged + [id]),
            try at("ReplicateObject", encryptionKeys(content.protection)),
        ]
        if facts.lock != .none || !task.changes.isDisjoint(with: [.retention, .hold]) {
            questions += [try of("GetObjectRetention"), try of("GetObjectLegalHold")]
        }
        if rule.overridesOwner, destination.lists.ownership.hasLists {
            questions.append(try at("ObjectOwnerOverrideToBucketOwner"))
        }
        let changesTags = task.changes.contains(.tags)
        guard task.kind == .change ? changesTags : !facts.tags.isEmpty else { return questions }
        for var question in [try of("GetObjectVersionTagging", tagged + [id]), try at("ReplicateTags")] {
            question.canBeLeft = task.kind == .object
            questions.append(question)
        }
        return questions
    }

    private func encryptionKeys(_ protection: ObjectProtection) -> [ConditionEntry] {
        [
            ConditionEntry(.s3XAmzServerSideEncryption, protection.algorithm?.rawValue),
            ConditionEntry(.s3XAmzServerSideEncryptionAwsKmsKeyId, namedKey),
        ].compactMap { $0 }
    }

    /// That of its source, unless the rule names one.
    func storageClass(of object: StoredObject) throws -> ObjectClass {
        try rule.destination.storageClass.map { try ObjectClass(asked: $0) } ?? object.storageClass
    }

    /// The replica lies as its source does: under S3's own keys, or under the key of KMS that the rule names. The destination's
    /// default is for objects that are not encrypted, and here there are none.
    /// - Source: S3 User Guide, "How default bucket encryption affects replication".
    fileprivate func encryption(_ bucket: Bucket) throws -> EncryptionChoice.Method {
        guard let kms = facts.content?.protection.kms else { return .s3 }
        return .kms(
            EncryptionChoice.KMSChoice(
                key: rule.replicaKey, context: AddedContext(pairs: [:]),
                usesBucketKey: bucket.encryption.usesBucketKey && !kms.isDoubled, isDoubled: kms.isDoubled))
    }

    /// As its source is locked. Where the source's bucket has no Object Lock, and the destination's has, a replica is locked as any
    /// object that is stored there.
    /// - Source: S3 User Guide, "Object Lock considerations", "Using Object Lock with S3 Replication".
    fileprivate func lock(at now: Instant) throws -> ObjectLock {
        guard try source.required().lock == nil, let settings = try destination.required().lock else {
            var lock = ObjectLock(retention: facts.lock.retention)
            lock.follow(facts.lock.isHeld)
            return lock
        }
        return ObjectLock(retention: settings.retention(at: now))
    }

    /// Gives the replica its owner and its list, where lists count: those of its source, or, where the rule says so, the
    /// destination's owner with the list that objects begin with.
    /// - Source: S3 User Guide, "Changing the replica owner".
    fileprivate func own(_ content: Int64, _ facts: RequestFacts, _ transaction: inout Transaction) throws {
        guard destination.lists.ownership.hasLists else { return }
        let (from, to) = (try source.required(), try destination.required())
        var owned = self.facts.owned ?? OwnedObject(owner: .account(from.account), list: nil)
        if rule.overridesOwner { owned = OwnedObject(owner: .account(to.account), list: nil) }
        if let list = owned.list { try destination.checkPublic(list, "ReplicateObject", on: to.arn, facts) }
        try owned.put(of: content, in: to, &transaction)
    }
}

/// Why a version cannot be replicated, whoever may do what. The codes are those of S3's events where it has one.
/// - Source: S3 User Guide, "Amazon S3 replication failure reasons".
struct ReplicationFailure: ServiceError {
    let code: String
    let message: String
    var httpStatus: Int { 400 }
    /// Whether there is nothing left to be replicated, and so nothing failed.
    var isEnd = false

    private init(_ code: String, _ message: String, isEnd: Bool = false) {
        (self.code, self.message, self.isEnd) = (code, message, isEnd)
    }

    static let sourceIsGone = ReplicationFailure(
        "SrcObjectNotFound", "The version is gone from the source.", isEnd: true)
    static let ruleIsGone = ReplicationFailure("RuleNotFound", "No rule of the source covers the version any more.")
    /// Whether it only tells that the destination never had, or has no more, what was changed.
    var isOfNothingThere: Bool { ["RuleNotFound", "DstObjectHardDeleted"].contains(code) }
    static let customerKey = ReplicationFailure(
        "SrcObjectNotEligible", "The object lies under a key of the customer, which nobody here has.")
    static let sourceIsDamaged = ReplicationFailure(
        "SrcObjectDamaged", "The stored content of the object is damaged; put the object again.")
    static let lockIsInForce = ReplicationFailure(
        "DstObjectLocked", "A retention of the replica is in force and cannot be weakened.")

    static func noDestination(_ name: String) -> ReplicationFailure {
        ReplicationFailure("DstBucketNotFound", "There is no bucket \(name).")
    }

    static func unversioned(_ name: String) -> ReplicationFailure {
        ReplicationFailure("DstBucketUnversioned", "Versioning is not enabled for the bucket \(name).")
    }

    static func otherOwner(_ name: String, _ account: String) -> ReplicationFailure {
        ReplicationFailure("DstBucketOwnerChanged", "The bucket \(name) does not belong to the account \(account).")
    }

    static func noLock(_ name: String) -> ReplicationFailure {
        ReplicationFailure(
            "DstBucketObjectLockConfigMissing", "The source has Object Lock; so must the bucket \(name).")
    }

    static func replicaIsGone(_ name: String) -> ReplicationFailure {
        ReplicationFailure("DstObjectHardDeleted", "The replica is gone from the bucket \(name).")
    }

    /// - Parameter message: what AWS STS said.
    static func roleRefused(_ role: String, _ message: String) -> ReplicationFailure {
        ReplicationFailure("AssumeRoleNotPermitted", "S3 cannot assume the role \(role): \(message)")
    }
}
