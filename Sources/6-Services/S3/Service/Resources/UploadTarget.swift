import Authentication
import Authorization
import Blobs
import Door
import S3API
import Smithy
import Storage
import World

/// The upload a call names: there or not, to a key of a bucket that is there or not.
struct UploadTarget: Sendable {
    /// What the upload's object is to be. What has its key now is looked up only where it matters.
    let object: ObjectTarget
    let upload: Upload?
    /// The upload's content; nil where there is none.
    let content: ObjectContent?
    /// What the object is to be tagged with.
    let tags: [S3.Tag]
    /// The lock that the upload began with.
    let lock: ObjectLock
    /// How the upload's content lies, in the words of its record. Noted as a call succeeds.
    let applied = Lock<String?>(nil)

    init(_ object: ObjectTarget, _ id: String, _ snapshot: borrowing Snapshot) throws {
        self.object = object
        upload = try object.bucket.bucket.flatMap { try Upload.find(id, to: object.key, in: $0, snapshot) }
        content = try upload.map { try ObjectContent.find($0.content, snapshot) }
        tags = try upload.map { try ObjectTags.find($0.content, snapshot) } ?? []
        let locks = object.bucket.bucket?.lock != nil
        lock = try upload.flatMap { locks ? try ObjectLock.find($0.content, snapshot) : nil } ?? .none
    }

    /// The question of every request that adds to the upload: whether its object may be stored.
    /// - Parameter creates: whether the request makes the object.
    func storing(_ more: [ConditionEntry] = [], creates: Bool, at now: Instant) throws -> Ask {
        var keys = (upload?.asked.keys ?? []) + TagConditions.requested(tags) + more
        keys += lock.retention?.keys(at: now) ?? []
        if let isHeld = lock.isHeld { keys.append(ConditionEntry(.s3ObjectLockLegalHold, isHeld ? "ON" : "OFF")) }
        // Who makes the object replaces what is there.
        return try (creates ? object : object.untagged).ask(
            "PutObject", keys: keys + [ConditionEntry(.s3ObjectCreationOperation, creates ? "true" : "false")])
    }

    /// The question whether the upload may be ended, or its parts be listed: by default who began it may.
    func askOfBeginner(_ action: String, _ facts: RequestFacts) throws -> Ask {
        let ask = try object.ask(action)
        guard let begun = upload?.asked.begun(facts.caller.principal), begun != .others else { return ask }
        var lists = ask.side.lists ?? S3Access()
        lists.begun = begun
        return ask.with(
            ResourceSide(
                policy: ask.side.policy, kind: ask.side.kind, restrictsPublicAccess: ask.side.restrictsPublicAccess,
                lists: lists))
    }

    /// The upload, which may have become an object.
    func required() throws -> (upload: Upload, content: ObjectContent) {
        guard let upload, let content else { throw UploadTarget.missing(nil) }
        return (upload, content)
    }

    /// The upload, which goes on.
    func open() throws -> (upload: Upload, content: ObjectContent) {
        let found = try required()
        guard !found.upload.isComplete else { throw UploadTarget.missing(found.upload.id.text) }
        return found
    }

    static func missing(_ id: String?) -> S3.NoSuchUpload {
        S3.NoSuchUpload(
            message:
                "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted "
                + "or completed.", fields: id.map { [.init("UploadId", $0)] } ?? [])
    }

    /// Content that will be locked comes with its digest.
    /// - Source: seen from S3 (s3tools/s3cmd, issue 1436): the hash of a signed body does not count.
    func checkDigest(_ facts: RequestFacts) throws {
        let isLocked = lock != .none || object.bucket.bucket?.lock?.retention(at: facts.now) != nil
        if isLocked, !facts.hasBodyDigest { throw UploadLock.undigested("Part") }
    }

    /// Notes the encryption for the record of a call that succeeded.
    func note(_ protection: ObjectProtection) {
        let text = protection.applied(asDefault: upload?.isDefault ?? false)
        applied.withLock { $0 = text }
    }

    /// The upload's key, for a request that adds to it: that of KMS by the caller's right to decrypt, a customer's where the
    /// request brings it again.
    /// - Source: S3 API Reference, "UploadPart", "Permissions" and "Encryption".
    func key(
        _ input: some CustomerKeyInput, _ content: ObjectContent, _ cipher: ObjectCipher, _ facts: RequestFacts,
        _ calls: Calls
    )
        async throws -> OpenProtection
    {
        if input.bringsKey { try ProtectedCall.checkForCustomerKey(facts) }
        let customer = try CustomerKey(reading: input)
        switch content.protection {
        case .s3, .kms: if customer != nil { throw UploadTarget.encryptionDiffers }
        case .customer(let kept):
            guard let customer else { throw UploadTarget.encryptionDiffers }
            do { try kept.compare(customer) } catch is AccessDenied {
                throw S3.InvalidRequest(
                    message: "The provided encryption parameters did not match the ones used originally.")
            }
        }
        if content.protection.kms != nil { try ProtectedCall.checkForKMS(facts) }
        return try await cipher.open(content.protection, at: object.place(), customer: customer, calls)
    }

    /// - Source: the words as S3 was seen to answer (aws-sdk-ruby's issue 1084).
    private static let encryptionDiffers = S3.InvalidRequest(
        message:
            "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate "
            + "encryption parameters.")
}

extension Objects {
    /// The upload, without what has its key now.
    func findUpload(_ id: String, to key: String, in bucket: String, _ snapshot: borrowing Snapshot) throws
        -> UploadTarget
    {
        let bucket = try buckets.find(bucket, in: snapshot, throughPoints: true)
        let object = ObjectTarget(in: bucket, key: key, object: nil)
        return try UploadTarget(object, id, snapshot)
    }
}

/// The members by which requests name an upload.
protocol UploadInput {
    var bucket: String { get }
    var key: String { get }
    var uploadId: String { get }
    var expectedBucketOwner: String? { get }
}

extension S3.UploadPart.Input: UploadInput {}
extension S3.UploadPartCopy.Input: UploadInput {}
extension S3.CompleteMultipartUpload.Input: UploadInput {}
extension S3.AbortMultipartUpload.Input: UploadInput {}
extension S3.ListParts.Input: UploadInput {}

extension S3Record {
    /// The record of a call to an upload.
    init(_ facts: RequestFacts, of input: some UploadInput) {
        self.init(facts, bucket: input.bucket, key: input.key)
        put("uploadId", input.uploadId)
        put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
    }
}
