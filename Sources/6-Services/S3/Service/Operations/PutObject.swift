import AWS
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

/// Stores an object in the place of the one that had its key.
/// - Source: S3 API Reference, "PutObject".
struct PutObject: PreparedChange {
    typealias Shape = S3.PutObject
    let objects: Objects

    static var refusedMembers: [StaticString] {
        [
            "WriteOffsetBytes", "ChecksumSHA512", "ChecksumMD5",
            "ChecksumXXHASH64", "ChecksumXXHASH3", "ChecksumXXHASH128",
        ]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        var target = try objects.find(input.key, in: input.bucket, snapshot)
        target.namedKey = try input.sSEKMSKeyId.map { try objects.cipher.arn(named: $0, facts, snapshot) }
        target.applied = Lock(nil)
        target.want(input, facts, objects.buckets.names, snapshot)
        return target
    }

    /// Who asks for a certain content to be replaced learns of it: that needs the leave to read, too.
    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, facts)
        let tagged = TagConditions.requested(try input.tags())
        let locked = input.lock.keys(at: facts.now)
        var asks = [try target.ask("PutObject", keys: keys(input, target) + tagged + locked)]
        if input.ifMatch != nil { asks.append(try target.ask("GetObject")) }
        if !tagged.isEmpty { asks.append(try target.untagged.ask("PutObjectTagging", keys: tagged)) }
        asks += try input.lock.asks(of: target.untagged, at: facts.now)
        if let list = try target.askForList(input, facts) { asks.append(list) }
        return .ask(asks)
    }

    private func keys(_ input: Input, _ target: ObjectTarget) -> [ConditionEntry] {
        let given = [
            ConditionEntry(.s3IfNoneMatch, input.ifNoneMatch), ConditionEntry(.s3IfMatch, input.ifMatch),
            ConditionEntry(.s3ObjectCreationOperation, "true"),
        ]
        return input.keys(target.namedKey) + given.compactMap { $0 }
    }

    func prepare(_ input: Input, under permit: borrowing Permit<ObjectTarget>) async throws -> StagedObject {
        let (target, facts, calls) = (permit.target, permit.facts, permit.calls)
        let place = try target.place()
        try check(input, target, facts)
        let choice = try EncryptionChoice(input, in: place.bucket.encryption)
        let header = try ObjectHeader(input)
        let body = try UploadBody(input.body, announcing: input.checksumAlgorithm?.rawValue)
        let open = try await objects.cipher.begin(choice.method, at: place, facts, calls)
        guard open.protection.lies(under: target.namedKey) else { throw Failure.unsettled }
        let plan = UploadPlan(bucket: place.bucket.id, namedKey: target.namedKey, isDefault: choice.isDefault)
        return StagedObject(try await body.store(in: objects.blobs, open), header, open, plan)
    }

    func perform(
        _ input: Input, _ prepared: StagedObject, under permit: borrowing Permit<ObjectTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.bucket.required()
        try check(input, permit.target, permit.facts)
        guard prepared.plan.holds(for: prepared.protection, bucket, permit.target, permit.facts) else {
            throw Failure.unsettled
        }
        prepared.outdated.reset()
        let stack = VersionStack(of: input.key, in: bucket, at: permit.facts.now)
        let lock = try input.lock.lock(in: bucket, at: permit.facts.now, hasDigest: permit.facts.hasBodyDigest)
        let version = try prepared.push(
            on: stack, tags: try input.tags(), lock: lock, as: ObjectClass(asked: input.storageClass), &transaction)
        try permit.target.own(in: &transaction)
        permit.target.applied?.withLock { $0 = prepared.protection.applied(asDefault: prepared.plan.isDefault) }
        var output = Output(eTag: EntityTag.text(prepared.etag))
        output.set(prepared.protection, customerKey: input.sSECustomerKeyMD5)
        output.sSEKMSEncryptionContext = input.sSEKMSEncryptionContext
        output.set(prepared.algorithm, prepared.checksum)
        output.versionId = version?.text
        output.expiration = permit.target.expiration(
            of: prepared.reference.length, try input.tags(), made: permit.facts.now)
        return output
    }

    func abandon(_ prepared: StagedObject) async {
        let unused = Outdated()
        unused.note(prepared.reference)
        await unused.remove(from: objects.blobs, objects.log)
    }

    func settle(_ prepared: StagedObject) async { await prepared.outdated.remove(from: objects.blobs, objects.log) }

    private func check(_ input: Input, _ target: ObjectTarget, _ facts: RequestFacts) throws {
        try input.check(target, facts)
        _ = try input.lock.lock(in: try target.bucket.required(), at: facts.now, hasDigest: facts.hasBodyDigest)
        try WriteConditions.check(
            ifMatch: input.ifMatch, ifNoneMatch: input.ifNoneMatch, key: input.key, target.object)
    }

    static func blocked(_ target: ObjectTarget, _ facts: RequestFacts) throws -> AccessDenied {
        guard let caller = facts.caller.principal.arn else { return .anonymous }
        return AccessDenied(
            "User: \(caller) is not authorized to perform: s3:PutObject on resource: "
                + "\"\(try target.place().arn(usesBucketKey: false))\" because this bucket has blocked upload requests that "
                + "specify Server Side Encryption with Customer provided keys (SSE-C). Please specify a different "
                + "server-side encryption type")
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put(input)
        record.put("If-None-Match", input.ifNoneMatch)
        record.put("If-Match", input.ifMatch)
        if case .request(let body) = input.body {
            // How long a form's file is, only its end tells.
            record.took(facts.isForm ? (body as? VerifiedBody)?.facts?.byteCount : body.declaredLength)
        }
        if let applied = target?.applied?.withLock({ $0 }) { record.encrypted(applied) }
        return record.recording(of: target?.bucket, named: facts.isForm ? "PostObject" : nil, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements {
        .json(
            EncryptionRecord.told(output, customer: output.sSECustomerAlgorithm, version: output.versionId))
    }
}
