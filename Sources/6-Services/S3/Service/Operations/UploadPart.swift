import Authentication
import Blobs
import Door
import HTTP
import Journal
import S3API
import Smithy
import Storage
import World

/// Adds a part to an upload, in the place of the one that had its number.
/// - Source: S3 API Reference, "UploadPart".
struct UploadPart: PreparedChange {
    typealias Shape = S3.UploadPart
    let objects: Objects

    static var refusedMembers: [StaticString] {
        [
            "ChecksumSHA512", "ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3",
            "ChecksumXXHASH128",
        ]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> UploadTarget {
        try objects.findUpload(input.uploadId, to: input.key, in: input.bucket, snapshot)
    }

    func access(_ input: Input, to target: UploadTarget, for facts: RequestFacts) throws -> Access {
        try target.object.check(owner: input.expectedBucketOwner, facts)
        try AnonymousUsers.refuse("upload parts", facts)
        return .ask(try target.storing(creates: false, at: facts.now))
    }

    func prepare(_ input: Input, under permit: borrowing Permit<UploadTarget>) async throws -> StagedPart {
        let (target, facts, calls) = (permit.target, permit.facts, permit.calls)
        try PartNumber.check(input.partNumber)
        let (upload, content) = try target.open()
        try target.object.checkBlocked(input, facts)
        try target.checkDigest(facts)
        let body = try UploadBody(input.body, announcing: input.checksumAlgorithm?.rawValue)
        let open = try await target.key(input, content, objects.cipher, facts, calls)
        let stored = try await body.store(in: objects.blobs, open, computing: upload.checksum.algorithm)
        let part = StagedPart(stored, input.partNumber, of: upload, open, at: facts.now)
        do { try upload.checksum.check(sent: stored.sent?.algorithm) } catch {
            await abandon(part)
            throw error
        }
        return part
    }

    func perform(
        _ input: Input, _ prepared: StagedPart, under permit: borrowing Permit<UploadTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        try prepared.check(permit.target)
        try permit.target.object.checkBlocked(input, permit.facts)
        try prepared.put(&transaction)
        permit.target.note(prepared.protection)
        var output = Output(eTag: EntityTag.text(prepared.part.etag))
        output.set(prepared.protection, customerKey: input.sSECustomerKeyMD5)
        if let sent = prepared.body.sent {
            output.setText(ObjectChecksum(algorithm: sent.algorithm, value: sent.checksum).text ?? "", sent.algorithm)
        }
        return output
    }

    func abandon(_ prepared: StagedPart) async { await prepared.abandon(objects) }
    func settle(_ prepared: StagedPart) async { await prepared.outdated.remove(from: objects.blobs, objects.log) }

    func recording(_ input: Input, of target: UploadTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, of: input)
        record.put("partNumber", String(input.partNumber))
        record.put("x-amz-server-side-encryption-customer-algorithm", input.sSECustomerAlgorithm)
        if case .request(let body) = input.body { record.took(body.declaredLength) }
        if let applied = target?.applied.withLock({ $0 }) { record.encrypted(applied) }
        return record.recording(of: target?.object.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements {
        .json(EncryptionRecord.told(output, customer: output.sSECustomerAlgorithm))
    }
}

extension S3.UploadPart.Input: CustomerKeyInput {}
extension S3.UploadPart.Output: ChecksumTexts, EncryptionOutput {}

/// A part that has been stored, and that no upload has yet.
struct StagedPart: Sendable {
    /// The row of the upload's content.
    let upload: Int64
    let part: StoredPart
    let body: StoredBody
    let protection: ObjectProtection
    let outdated = Outdated()
    /// The row of the content that was copied; nil where nothing was.
    var source: Int64?

    init(_ body: StoredBody, _ number: Int, of upload: Upload, _ open: OpenProtection, at time: Instant) {
        let id = body.reference.id
        let sent = body.sent.flatMap { sent in
            sent.algorithm == body.algorithm
                ? nil : (algorithm: sent.algorithm, checksum: open.seal(sent.checksum, beside: id))
        }
        part = StoredPart(
            number: number, reference: body.reference, etag: body.etag,
            checksum: open.seal(body.checksum, beside: id), sent: sent, modified: time)
        (self.upload, self.body, protection) = (upload.content, body, open.protection)
    }

    /// The upload may have ended while the content came.
    func check(_ target: UploadTarget) throws {
        guard try target.open().upload.content == upload else { throw UploadTarget.missing(nil) }
    }

    func put(_ transaction: inout Transaction) throws {
        outdated.reset()
        if let replaced = try part.put(in: upload, &transaction) { outdated.note(replaced) }
    }

    func abandon(_ objects: Objects) async {
        let unused = Outdated()
        unused.note(part.reference)
        await unused.remove(from: objects.blobs, objects.log)
    }
}
