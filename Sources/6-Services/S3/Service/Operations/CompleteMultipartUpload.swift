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

/// Makes an object of the parts of an upload. Only rows change, however much content there is, so the answer's status is its
/// outcome.
///
/// Whoever completes an upload again with the same parts is answered as the first time, as long as its object is there: an answer
/// that got lost must not make an upload fail.
/// - Source: S3 API Reference, "CompleteMultipartUpload"; that it may be repeated: as S3 was seen to answer (S3Mock's issue 2586,
///   MinIO's 13318).
struct CompleteMultipartUpload: PreparedChange {
    typealias Shape = S3.CompleteMultipartUpload
    let objects: Objects

    /// 10,000 parts, each with its tag's quotation marks escaped, two checksums, and room between its lines.
    static var largestDocument: Int { 4 << 20 }

    static var refusedMembers: [StaticString] {
        [
            "ChecksumSHA512", "ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3",
            "ChecksumXXHASH128",
        ]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> UploadTarget {
        try UploadTarget(objects.find(input.key, in: input.bucket, snapshot), input.uploadId, snapshot)
    }

    func access(_ input: Input, to target: UploadTarget, for facts: RequestFacts) throws -> Access {
        try target.object.check(owner: input.expectedBucketOwner, facts)
        try AnonymousUsers.refuse("complete multipart uploads", facts)
        let keys = [ConditionEntry(.s3IfNoneMatch, input.ifNoneMatch), ConditionEntry(.s3IfMatch, input.ifMatch)]
        let store = try target.storing(keys.compactMap { $0 }, creates: true, at: facts.now)
        return .ask(input.ifMatch == nil ? [store] : [store, try target.object.ask("GetObject")])
    }

    func prepare(_ input: Input, under permit: borrowing Permit<UploadTarget>) async throws -> Completion {
        let (target, facts, calls) = (permit.target, permit.facts, permit.calls)
        let parts = try ListedParts(input.multipartUpload)
        let (upload, content) = try target.required()
        return Completion(
            upload: upload.content, parts: parts,
            open: try await key(input, target, upload, content, facts, calls))
    }

    /// The content's key, under which the checksums of the parts lie. A customer's key need not come again where no checksum was
    /// asked for; the object then has none.
    private func key(
        _ input: Input, _ target: UploadTarget, _ upload: Upload, _ content: ObjectContent, _ facts: RequestFacts,
        _ calls: Calls
    ) async throws -> OpenProtection? {
        if content.protection.customer != nil, !input.bringsKey {
            guard !upload.checksum.isNamed, input.asksForChecksums else { throw Refused.keyMissing }
            return nil
        }
        return try await target.key(input, content, objects.cipher, facts, calls)
    }

    func perform(
        _ input: Input, _ prepared: Completion, under permit: borrowing Permit<UploadTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (target, now) = (permit.target, permit.facts.now)
        let (upload, content) = try target.required()
        guard upload.content == prepared.upload else { throw UploadTarget.missing(nil) }
        prepared.outdated.reset()
        let uploaded = try StoredPart.list(of: upload.content, transaction.snapshot)
        let (object, version): (AssembledObject, VersionID?)
        let bucket = try target.object.bucket.required()
        if upload.isComplete {
            guard prepared.parts.areSame(as: uploaded) else { throw UploadTarget.missing(upload.id.text) }
            object = try AssembledObject(uploaded, upload, prepared, input)
            version = try StoredObject.version(ofContent: upload.content, upload.key, in: bucket, transaction.snapshot)
        } else {
            let chosen = try prepared.parts.chosen(from: uploaded, of: upload.id)
            object = try AssembledObject(chosen, upload, prepared, input)
            try WriteConditions.check(
                ifMatch: input.ifMatch, ifNoneMatch: input.ifNoneMatch, key: input.key, target.object.object)
            try remove(uploaded, but: chosen, of: upload, noting: prepared.outdated, &transaction)
            version = try object.push(
                content, upload, on: VersionStack(of: input.key, in: bucket, at: now), in: bucket, prepared, at: now,
                &transaction)
            try target.object.checkOwner(of: upload.content, permit.facts, &transaction)
        }
        target.note(content.protection)
        var output = output(input, of: bucket, object, content, permit.facts)
        output.versionId = bucket.versioning.shown(version)
        output.expiration = target.object.expiration(of: object.layout.size, target.tags, made: now)
        return output
    }

    private func remove(
        _ uploaded: [StoredPart], but chosen: [StoredPart], of upload: Upload, noting outdated: Outdated,
        _ transaction: inout Transaction
    ) throws {
        guard chosen.count < uploaded.count else { return }
        let kept = Set(chosen.map(\.number))
        for part in uploaded where !kept.contains(part.number) {
            try part.delete(of: upload.content, &transaction)
            outdated.note(part.reference)
        }
    }

    private func output(
        _ input: Input, of bucket: Bucket, _ object: AssembledObject, _ content: ObjectContent, _ facts: RequestFacts
    ) -> Output {
        var output = Output(bucket: bucket.name, key: input.key, eTag: EntityTag.text(object.etag))
        output.location = ObjectLocation.text(input.bucket, input.key, facts)
        output.set(content.protection)
        output.set(object.checksum)
        return output
    }

    func abandon(_ prepared: Completion) async {}
    func settle(_ prepared: Completion) async { await prepared.outdated.remove(from: objects.blobs, objects.log) }

    func recording(_ input: Input, of target: UploadTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, of: input)
        record.put("If-None-Match", input.ifNoneMatch)
        record.put("If-Match", input.ifMatch)
        record.put("x-amz-mp-object-size", input.mpuObjectSize.map(String.init))
        record.put("x-amz-checksum-type", input.checksumType?.rawValue)
        record.put("x-amz-server-side-encryption-customer-algorithm", input.sSECustomerAlgorithm)
        if let applied = target?.applied.withLock({ $0 }) { record.encrypted(applied) }
        return record.recording(of: target?.object.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements {
        .json(EncryptionRecord.told(output, version: output.versionId))
    }
}

extension S3.CompleteMultipartUpload.Input: CustomerKeyInput, ChecksumTexts {
    /// False where the request tells checksums, which then must be compared.
    fileprivate var asksForChecksums: Bool {
        let parts = multipartUpload?.parts ?? []
        return ChecksumAlgorithm.allCases.allSatisfy { kind in
            text(kind) == nil && parts.allSatisfy { $0.text(kind) == nil }
        }
    }
}

extension S3.CompleteMultipartUpload.Output: ChecksumOutput, EncryptionLines {}

/// What an upload is to be completed with.
struct Completion: Sendable {
    /// The row of its content.
    let upload: Int64
    let parts: ListedParts
    /// The content's key; nil where it is a customer's and did not come.
    let open: OpenProtection?
    let outdated = Outdated()
}

/// The object that parts come to.
struct AssembledObject {
    let etag: [UInt8]
    let layout: ContentLayout
    let checksum: ObjectChecksum

    init(
        _ parts: [StoredPart], _ upload: Upload, _ completion: Completion, _ input: S3.CompleteMultipartUpload.Input
    ) throws {
        etag = EntityTag.combined(parts.map(\.etag))
        layout = ContentLayout(parts.map { ($0.number, $0.size) })
        if let size = input.mpuObjectSize, Int64(size) != layout.size {
            throw S3.InvalidRequest(
                message: "The provided 'x-amz-mp-object-size' header value \(size) does not match what was computed: "
                    + "\(layout.size)")
        }
        let kind = upload.checksum
        if let type = input.checksumType, type != kind.type {
            throw S3.InvalidRequest(
                message:
                    "The upload was created using the \(kind.type.rawValue) checksum mode. The complete request must use "
                    + "the same checksum mode.")
        }
        let checksums = try completion.open.map { open in
            try parts.map { try PartChecksums($0, kind.algorithm, open) }
        }
        let value = checksums.map { all in kind.whole(zip(all, parts).map { ($0.own.value, $1.size) }) }
        checksum = ObjectChecksum(
            algorithm: kind.algorithm, value: value ?? [], isComposite: kind.isComposite,
            count: kind.isComposite ? parts.count : nil)
        try AssembledObject.compare(checksum, input, kind)
        if let checksums { try completion.parts.check(checksums, kind, of: upload.id) }
    }

    /// The object's checksum must be the one that the request tells, if it tells one.
    private static func compare(
        _ checksum: ObjectChecksum, _ input: S3.CompleteMultipartUpload.Input, _ kind: UploadChecksum
    ) throws {
        let told = ChecksumAlgorithm.allCases.compactMap { algorithm in
            input.text(algorithm).map { (algorithm: algorithm, text: $0) }
        }
        guard told.count <= 1 else {
            throw S3.InvalidRequest(
                message: "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
        }
        guard let told = told.first else { return }
        guard told.algorithm == kind.algorithm else { throw kind.differs(from: told.algorithm) }
        // Of a checksum made of others, the number of parts may be left out.
        guard [checksum.text, Base64.encode(checksum.value)].contains(told.text) else {
            throw S3.BadDigest(
                message: "The \(kind.algorithm.name.lowercased()) you specified did not match the calculated checksum.")
        }
    }

    /// Gives the content its object, with the lock that the upload began with, or else the bucket's.
    /// - Returns: the version; nil for the null version.
    func push(
        _ content: ObjectContent, _ upload: Upload, on stack: VersionStack, in bucket: Bucket,
        _ completion: Completion, at time: Instant, _ transaction: inout Transaction
    ) throws -> VersionID? {
        let kept =
            checksum.value.isEmpty
            ? [] : completion.open?.seal(checksum.value, beside: content.reference.id) ?? []
        try ObjectContent.compose(upload.content, of: layout, checksum: kept, &transaction)
        try upload.complete(&transaction)
        var lock = ObjectLock.none
        if let settings = bucket.lock {
            lock = try ObjectLock.find(upload.content, transaction.snapshot)
            // One that is over by now holds nothing.
            if lock.lasting(at: time) == nil { lock.retention = settings.retention(at: time) ?? lock.retention }
        }
        let object = NewObject(
            etag: etag, size: layout.size, algorithm: checksum.algorithm, isComposite: checksum.isComposite,
            storageClass: upload.storageClass, content: upload.content)
        return try stack.push(object, lock: lock, noting: completion.outdated, in: &transaction)
    }
}

/// The address of an object, by the host that the request came to.
enum ObjectLocation {
    static func text(_ bucket: String, _ key: String, _ facts: RequestFacts) -> String {
        let scheme = facts.connection.tls == nil ? "http" : "https"
        let host = facts.host ?? "s3.\(facts.region).amazonaws.com"
        let path = PercentEncoding.encode(key)
        let isVirtual = host.hasPrefix(bucket + ".") || AccessPointName.isARN(bucket)
        return isVirtual ? "\(scheme)://\(host)/\(path)" : "\(scheme)://\(host)/\(bucket)/\(path)"
    }
}
