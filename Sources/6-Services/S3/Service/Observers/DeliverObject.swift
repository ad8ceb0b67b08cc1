import Authentication
import Blobs
import Crypto
import Door
import HTTP
import S3API
import Smithy
import Storage

/// Stores what a service of S3's own has to deliver: a PutObject in the service's name, whose content does not come with a
/// request, and with which other rows may change in the one transaction.
struct DeliverObject: PreparedChange {
    typealias Shape = S3.PutObject

    /// What was stored.
    struct Delivered: Sendable {
        let size: Int64
        let md5: [UInt8]
        /// The row of the content.
        let content: Int64
    }

    let put: PutObject
    /// What must be so of the bucket, whatever its policy says.
    let check: @Sendable (BucketTarget) throws -> Void
    /// The content, piece by piece, each time it is asked for from the beginning.
    let content: @Sendable (_ give: ([UInt8]) async throws -> Void) async throws -> Void
    /// What else belongs to it.
    let also: @Sendable (ObjectTarget, Delivered, inout Transaction) throws -> Void

    init(
        _ objects: Objects, check: @escaping @Sendable (BucketTarget) throws -> Void = { _ in },
        content: @escaping @Sendable (_ give: ([UInt8]) async throws -> Void) async throws -> Void,
        also: @escaping @Sendable (ObjectTarget, Delivered, inout Transaction) throws -> Void
    ) {
        put = PutObject(objects: objects)
        (self.check, self.content, self.also) = (check, content, also)
    }

    struct Prepared: Sendable {
        let staged: StagedObject
        let md5: [UInt8]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try put.resolve(input, for: facts, in: snapshot)
    }

    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try check(target.bucket)
        try target.check(owner: nil, facts)
        let made = ConditionEntry(.s3ObjectCreationOperation, "true")
        return .ask([try target.ask("PutObject", keys: input.keys(nil) + [made])])
    }

    func prepare(_ input: Input, under permit: borrowing Permit<ObjectTarget>) async throws -> Prepared {
        let (target, facts, calls) = (permit.target, permit.facts, permit.calls)
        let place = try target.place()
        try input.check(target, facts)
        let choice = try EncryptionChoice(input, in: place.bucket.encryption)
        guard case .s3 = choice.method else { throw DeliverObject.otherKey }
        let open = try await put.objects.cipher.begin(choice.method, at: place, facts, calls)
        let plan = UploadPlan(bucket: place.bucket.id, namedKey: nil, isDefault: choice.isDefault)
        let (body, md5) = try await store(open)
        return Prepared(staged: StagedObject(body, try ObjectHeader(input), open, plan), md5: md5)
    }

    private static let otherKey = S3Refusal(
        "InvalidRequest", 400,
        "The default encryption of the bucket is not SSE-S3; nothing is delivered under other keys.")

    private func store(_ open: OpenProtection) async throws -> (body: StoredBody, md5: [UInt8]) {
        let (objects, algorithm) = (put.objects, ChecksumAlgorithm.crc64nvme)
        let writer = objects.blobs.writer(open.cover)
        do {
            let digests = ContentDigests(algorithm, wantsMD5: true)
            try await content { piece in
                try await objects.blobs.run { digests.update(piece) }
                try await writer.append(piece)
            }
            let (md5, checksum) = digests.finish()
            let body = StoredBody(
                reference: try await writer.finish(), etag: md5 ?? [], algorithm: algorithm, checksum: checksum,
                sent: nil)
            return (body, md5 ?? [])
        } catch {
            await writer.abandon()
            if case BlobError.full = error { throw Failure.unavailable }
            throw error
        }
    }

    func perform(
        _ input: Input, _ prepared: Prepared, under permit: borrowing Permit<ObjectTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let output = try put.perform(input, prepared.staged, under: permit, in: &transaction)
        let bucket = try permit.target.bucket.required()
        guard let made = try StoredObject.find(input.key, in: bucket, transaction.snapshot) else {
            throw Damaged.bucket(bucket.id)
        }
        let delivered = Delivered(size: prepared.staged.reference.length, md5: prepared.md5, content: made.content)
        try also(permit.target, delivered, &transaction)
        return output
    }

    func abandon(_ prepared: Prepared) async { await put.abandon(prepared.staged) }
    func settle(_ prepared: Prepared) async { await put.settle(prepared.staged) }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        put.recording(input, of: target, facts)
    }

    func responseElements(_ output: Output) -> Recording.Elements { put.responseElements(output) }
}
