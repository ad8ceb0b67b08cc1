import Authentication
import Blobs
import Door
import HTTP
import Journal
import S3API
import Smithy
import Storage
import World

/// Stores the content of one object as another. The copy is an object in one piece, encrypted as the request or the bucket says.
/// - Source: S3 API Reference, "CopyObject".
struct CopyObject: PreparedChange {
    typealias Shape = S3.CopyObject
    let objects: Objects

    /// Where the copy is to be, what it is made of, and where that lies.
    struct Target: Sendable {
        let copied: CopiedObject
        let destination: ObjectTarget
        let segments: [ContentSegment]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        var destination = try objects.find(input.key, in: input.bucket, snapshot)
        destination.namedKey = try input.sSEKMSKeyId.map { try objects.cipher.arn(named: $0, facts, snapshot) }
        destination.applied = Lock(nil)
        destination.want(input, facts, objects.buckets.names, snapshot)
        let copied = try CopiedObject(input, objects, snapshot)
        var segments: [ContentSegment] = []
        if let object = copied.object.object, let content = copied.object.content {
            segments = try content.segments(0..<object.size, of: object.content, snapshot)
        }
        return Target(copied: copied, destination: destination, segments: segments)
    }

    /// To read the source, and its tags where they go along; to store the copy, and to tag it. Whether the source is missing is
    /// told only to those who may list its bucket.
    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        try target.destination.check(owner: input.expectedBucketOwner, facts)
        try target.copied.check(input, facts)
        try AnonymousUsers.refuse("copy objects", facts)
        let tagged = TagConditions.requested(try tags(input, target))
        var keys = input.keys(target.destination.namedKey) + tagged + input.lock.keys(at: facts.now)
        keys += [
            ConditionEntry(.s3XAmzMetadataDirective, input.metadataDirective?.rawValue),
            ConditionEntry(.s3IfNoneMatch, input.ifNoneMatch), ConditionEntry(.s3IfMatch, input.ifMatch),
        ].compactMap { $0 }
        keys += [
            ConditionEntry(.s3XAmzCopySource, target.copied.source.condition),
            ConditionEntry(.s3ObjectCreationOperation, "true"),
        ]
        var asks = [try target.copied.reading(), try target.destination.ask("PutObject", keys: keys)]
        if !target.copied.object.tags.isEmpty, input.copiesTags {
            asks.append(try target.copied.reading("GetObjectTagging"))
        }
        if !tagged.isEmpty { asks.append(try target.destination.untagged.ask("PutObjectTagging", keys: tagged)) }
        if input.ifMatch != nil { asks.append(try target.destination.ask("GetObject")) }
        if let list = try target.destination.askForList(input, facts) { asks.append(list) }
        asks += try input.lock.asks(of: target.destination.untagged, at: facts.now)
        return try target.copied.object.telling(asks, version: target.copied.source.version)
    }

    private func tags(_ input: Input, _ target: Target) throws -> [S3.Tag] {
        input.copiesTags ? target.copied.object.tags : try input.tags()
    }

    func prepare(_ input: Input, under permit: borrowing Permit<Target>) async throws -> CopiedContent {
        let (target, facts, calls) = (permit.target, permit.facts, permit.calls)
        let place = try target.destination.place()
        try input.checkDirectives()
        try input.check(target.destination, facts)
        let source = try target.copied.opened(input, permit.hint, facts)
        try CopiedObject.checkSize(source.object.size)
        try check(input, target)
        _ = try input.lock.lock(in: place.bucket, at: facts.now, hasDigest: true)
        let algorithm = try input.checksumAlgorithm.map { try UploadChecksum.algorithm(named: $0.rawValue) }
        let choice = try EncryptionChoice(input, in: place.bucket.encryption)
        if !input.changes(choice, place.bucket), target.copied.isSame(as: target.destination) {
            throw CopyObject.unchanged
        }
        var header = input.metadataDirective == .replace ? try ObjectHeader(input) : source.content.header
        // Not copied: where a website's visitors go is said of each object by itself.
        header.redirect = try RedirectLocation.checked(input.websiteRedirectLocation)
        let open = try await objects.cipher.begin(choice.method, at: place, facts, calls)
        guard open.protection.lies(under: target.destination.namedKey) else { throw Failure.unsettled }
        let plan = UploadPlan(
            bucket: place.bucket.id, namedKey: target.destination.namedKey, isDefault: choice.isDefault)
        let copy = ContentCopy(objects: objects, source: source, segments: target.segments)
        let body = try await copy.store(algorithm ?? source.object.algorithm, under: open, calls)
        return CopiedContent(
            staged: StagedObject(body, header, open, plan), tags: try tags(input, target), source: source.object.content
        )
    }

    func perform(
        _ input: Input, _ prepared: CopiedContent, under permit: borrowing Permit<Target>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (target, facts, staged) = (permit.target, permit.facts, prepared.staged)
        let bucket = try target.destination.bucket.required()
        try input.check(target.destination, facts)
        try check(input, target)
        guard staged.plan.holds(for: staged.protection, bucket, target.destination, facts) else {
            throw Failure.unsettled
        }
        // The policies were asked about the source that there is now, and its tags.
        guard target.copied.object.object?.content == prepared.source,
            try ObjectTags.areSame(tags(input, target), prepared.tags)
        else { throw Failure.unsettled }
        staged.outdated.reset()
        let version = try staged.push(
            on: VersionStack(of: input.key, in: bucket, at: facts.now), tags: prepared.tags,
            lock: input.lock.lock(in: bucket, at: facts.now, hasDigest: true),
            as: ObjectClass(asked: input.storageClass), &transaction)
        try target.destination.own(in: &transaction)
        let applied = staged.protection.applied(asDefault: staged.plan.isDefault)
        target.destination.applied?.withLock { $0 = applied }
        var result = S3.CopyObjectResult(
            eTag: EntityTag.text(staged.etag), lastModified: Instant(seconds: facts.now.seconds))
        result.set(staged.algorithm, staged.checksum)
        facts.notes?.copied(staged.reference.length)
        var output = Output(copyObjectResult: result)
        output.set(staged.protection, customerKey: input.sSECustomerKeyMD5)
        output.sSEKMSEncryptionContext = input.sSEKMSEncryptionContext
        output.versionId = bucket.versioning.shown(version)
        output.expiration = target.destination.expiration(
            of: staged.reference.length, prepared.tags, made: facts.now)
        output.copySourceVersionId = try target.copied.object.shownVersion()
        return output
    }

    private func check(_ input: Input, _ target: Target) throws {
        try WriteConditions.check(
            ifMatch: input.ifMatch, ifNoneMatch: input.ifNoneMatch, key: input.key, target.destination.object)
    }

    private static let unchanged = S3.InvalidRequest(
        message: "This copy request is illegal because it is trying to copy an object to itself without changing the "
            + "object's metadata, storage class, website redirect location or encryption attributes.")

    func abandon(_ prepared: CopiedContent) async {
        let unused = Outdated()
        unused.note(prepared.staged.reference)
        await unused.remove(from: objects.blobs, objects.log)
    }

    func settle(_ prepared: CopiedContent) async {
        await prepared.staged.outdated.remove(from: objects.blobs, objects.log)
    }

    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put(input)
        record.put(input, target?.copied.object.bucket)
        record.put("x-amz-metadata-directive", input.metadataDirective?.rawValue)
        record.put("x-amz-tagging-directive", input.taggingDirective?.rawValue)
        record.put("x-amz-checksum-algorithm", input.checksumAlgorithm?.rawValue)
        record.put("If-None-Match", input.ifNoneMatch)
        record.put("If-Match", input.ifMatch)
        if let applied = target?.destination.applied?.withLock({ $0 }) { record.encrypted(applied) }
        return record.recording(of: target?.destination.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements {
        .json(
            EncryptionRecord.told(output, customer: output.sSECustomerAlgorithm, version: output.versionId))
    }
}

/// A copy that has been stored, and that no object has yet.
struct CopiedContent: Sendable {
    let staged: StagedObject
    let tags: [S3.Tag]
    /// The row of the content that was copied.
    let source: Int64
}

extension CopiedObject {
    /// Whether it is what the destination has now: an older version of the same key is another object.
    func isSame(as destination: ObjectTarget) -> Bool {
        guard let copied = object.object, let present = destination.object else { return false }
        return copied.content == present.content
    }
}

extension S3.CopyObject.Input {
    fileprivate var copiesTags: Bool { taggingDirective != .replace }

    fileprivate func checkDirectives() throws {
        if let metadataDirective, !metadataDirective.isKnown {
            throw Refused.argument(
                "x-amz-metadata-directive", metadataDirective.rawValue, "Unknown metadata directive.")
        }
        if let taggingDirective, !taggingDirective.isKnown {
            throw Refused.argument("x-amz-tagging-directive", taggingDirective.rawValue, "Unknown tagging directive.")
        }
        if let tagging, copiesTags {
            throw Refused.argument(
                "x-amz-tagging", tagging, "x-amz-tagging needs x-amz-tagging-directive with the value REPLACE.")
        }
    }

    /// Whether a copy of an object onto itself is one that may be.
    fileprivate func changes(_ choice: EncryptionChoice, _ bucket: Bucket) -> Bool {
        metadataDirective == .replace || storageClass != nil || websiteRedirectLocation != nil
            || checksumAlgorithm != nil || !choice.isDefault
            || bucket.encryption.algorithm != .s3
    }
}

extension S3.CopyObject.Output: EncryptionOutput {}
extension S3.CopyObjectResult: ChecksumOutput {}
