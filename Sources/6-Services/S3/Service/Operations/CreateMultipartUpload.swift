import Authentication
import Blobs
import Door
import Formats
import HTTP
import Journal
import S3API
import Smithy
import Storage
import World

/// Begins an upload in parts. All that its object is to be, but the content, is settled here.
/// - Source: S3 API Reference, "CreateMultipartUpload".
struct CreateMultipartUpload: PreparedChange {
    typealias Shape = S3.CreateMultipartUpload
    let objects: Objects

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        var target = ObjectTarget(
            in: try objects.buckets.find(input.bucket, in: snapshot, throughPoints: true), key: input.key, object: nil)
        target.namedKey = try input.sSEKMSKeyId.map { try objects.cipher.arn(named: $0, facts, snapshot) }
        target.applied = Lock(nil)
        target.want(input, facts, objects.buckets.names, snapshot)
        return target
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, facts)
        try AnonymousUsers.refuse("initiate multipart uploads", facts)
        let tagged = TagConditions.requested(try input.tags())
        let keys =
            input.keys(target.namedKey) + tagged + input.lock.keys(at: facts.now)
            + [ConditionEntry(.s3ObjectCreationOperation, "false")]
        var asks = [try target.ask("PutObject", keys: keys)]
        if !tagged.isEmpty { asks.append(try target.ask("PutObjectTagging", keys: tagged)) }
        if let list = try target.askForList(input, facts) { asks.append(list) }
        return .ask(asks + (try input.lock.asks(of: target, at: facts.now)))
    }

    func prepare(_ input: Input, under permit: borrowing Permit<ObjectTarget>) async throws -> PlannedUpload {
        let (target, facts, calls) = (permit.target, permit.facts, permit.calls)
        let place = try target.place()
        try input.check(target, facts)
        _ = try input.lock.given(in: place.bucket, at: facts.now)
        let checksum = try UploadChecksum(algorithm: input.checksumAlgorithm?.rawValue, type: input.checksumType)
        let choice = try EncryptionChoice(input, in: place.bucket.encryption)
        let header = try ObjectHeader(input)
        let open = try await objects.cipher.begin(choice.method, at: place, facts, calls)
        guard open.protection.lies(under: target.namedKey) else { throw Failure.unsettled }
        let plan = UploadPlan(bucket: place.bucket.id, namedKey: target.namedKey, isDefault: choice.isDefault)
        return PlannedUpload(
            id: UploadID(at: facts.now), anchor: try await objects.blobs.writer().finish(), header: header,
            protection: open.protection, checksum: checksum,
            asked: AskedOfUpload(input, key: target.namedKey, by: facts.caller.principal),
            body: plan)
    }

    func perform(
        _ input: Input, _ prepared: PlannedUpload, under permit: borrowing Permit<ObjectTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (facts, bucket) = (permit.facts, try permit.target.bucket.required())
        try input.check(permit.target, facts)
        guard prepared.body.holds(for: prepared.protection, bucket, permit.target, facts) else {
            throw Failure.unsettled
        }
        let content = try ObjectContent.insert(
            prepared.anchor, checksum: [], header: prepared.header, protection: prepared.protection,
            tags: try input.tags(), &transaction)
        try permit.target.own(content, in: &transaction)
        // The lock waits with the content; the bucket's default is that of the time when the object is made.
        let lock = try input.lock.given(in: bucket, at: facts.now)
        if lock != .none { try lock.put(on: content, in: &transaction) }
        try Upload.insert(
            content, prepared, to: input.key, in: bucket, by: facts.caller.principal.initiator, at: facts.now,
            &transaction)
        permit.target.applied?.withLock { $0 = prepared.protection.applied(asDefault: prepared.body.isDefault) }
        var output = Output(bucket: bucket.name, key: input.key, uploadId: prepared.id.text)
        output.set(prepared.protection, customerKey: input.sSECustomerKeyMD5)
        output.sSEKMSEncryptionContext = input.sSEKMSEncryptionContext
        let abort = try permit.target.bucket.lifecycle(transaction.snapshot)?.abort(of: input.key, begun: facts.now)
        (output.abortDate, output.abortRuleId) = (abort?.date, abort?.rule)
        if prepared.checksum.isNamed {
            (output.checksumAlgorithm, output.checksumType) = (prepared.checksum.name, prepared.checksum.type)
        }
        return output
    }

    func abandon(_ prepared: PlannedUpload) async {}

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("uploads", "")
        record.put(input)
        record.put("x-amz-checksum-algorithm", input.checksumAlgorithm?.rawValue)
        record.put("x-amz-checksum-type", input.checksumType?.rawValue)
        if let applied = target?.applied?.withLock({ $0 }) { record.encrypted(applied) }
        return record.recording(of: target?.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements {
        .json(EncryptionRecord.told(output, customer: output.sSECustomerAlgorithm))
    }
}

/// An upload that is about to begin.
struct PlannedUpload: Sendable {
    let id: UploadID
    /// Holds no content: it gives a name to what the parts will be together.
    let anchor: BlobReference
    let header: ObjectHeader
    let protection: ObjectProtection
    let checksum: UploadChecksum
    let asked: AskedOfUpload
    let body: UploadPlan
}

extension S3.CreateMultipartUpload.Output: EncryptionOutput {}
