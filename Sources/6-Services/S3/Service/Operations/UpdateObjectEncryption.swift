import AWS
import Authentication
import Blobs
import Door
import Formats
import Journal
import S3API
import Smithy
import Storage

/// Puts an object under another key of KMS, and touches nothing else: content, ETag, checksums, time and version stay.
///
/// An object under S3's own keys gets a data key of KMS, and its blobs' keys are sealed under that. Of one under KMS the data
/// key is moved by KMS itself. What was the only way to the content before is erased in the same transaction.
/// - Source: S3 API Reference, "UpdateObjectEncryption"; S3 User Guide, "Updating server-side encryption for existing data".
struct UpdateObjectEncryption: PreparedChange {
    typealias Shape = S3.UpdateObjectEncryption
    let objects: Objects

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        var target = try objects.find(input.key, in: input.bucket, version: input.versionId, snapshot)
        guard let object = target.object else { return target }
        let content = try ObjectContent.find(object.content, snapshot)
        target.content = content
        if content.layout != nil, content.protection.isS3 {
            target.parts = try StoredPart.list(of: object.content, snapshot)
        }
        return target
    }

    /// Of these actions there is none for versions. Policies that say how objects must be stored hold here, too.
    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        let wanted = input.objectEncryption.sSEKMS
        let keys = [
            ConditionEntry(.s3XAmzServerSideEncryption, wanted.map { _ in S3.ServerSideEncryption.awsKms.rawValue }),
            ConditionEntry(.s3XAmzServerSideEncryptionAwsKmsKeyId, wanted?.kMSKeyArn),
        ].compactMap { $0 }
        let asks = [
            try target.ask("UpdateObjectEncryption", keys: keys),
            try target.ask("PutObject", keys: keys + [ConditionEntry(.s3ObjectCreationOperation, "false")]),
        ]
        return try target.telling(asks, version: input.versionId)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<ObjectTarget>) async throws -> MovedContent {
        let (target, facts, calls) = (permit.target, permit.facts, permit.calls)
        let (object, content) = try checked(input, target, permit.hint, facts)
        let place = try target.place()
        switch content.protection {
        case .kms(let kms):
            let moved = try await objects.cipher.move(
                kms, to: try input.choice(keeping: kms.context), at: place, calls)
            return MovedContent(of: object, content, under: .kms(moved))
        case .s3, .customer:
            let choice = try input.choice(keeping: AddedContext(pairs: [:]))
            let open = try await objects.cipher.begin(.kms(choice), at: place, facts, calls)
            return try await objects.blobs.run { [blobs = objects.blobs, parts = target.parts] in
                try MovedContent(of: object, content, parts, to: open, in: blobs)
            }
        }
    }

    func perform(
        _ input: Input, _ prepared: MovedContent, under permit: borrowing Permit<ObjectTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (object, content) = try checked(input, permit.target, permit.hint, permit.facts)
        guard prepared.isOf(object, content) else { throw Failure.unsettled }
        try prepared.put(in: &transaction)
        return Output()
    }

    func abandon(_ prepared: MovedContent) async {}

    /// The object, where request, lock and present encryption let another key take it.
    private func checked(
        _ input: Input, _ target: ObjectTarget, _ hint: Verdict?, _ facts: RequestFacts
    ) throws -> (StoredObject, ObjectContent) {
        guard !facts.caller.isAnonymous, facts.caller.signatureVersion != .version2 else {
            throw Refused.updateSignature
        }
        let key = try input.wantedKey()
        let object = try target.required(hint, version: input.versionId, method: Shape.model.method)
        guard let content = target.content else { throw Damaged.object(object.content) }
        let owner = try target.bucket.required().account
        guard key.accountID == owner else { throw Refused.updateAccount }
        guard target.lock.isHeld != true, target.lock.lasting(at: facts.now) == nil else { throw Refused.updateLock }
        switch content.protection {
        case .s3: break
        case .kms(let kms): if kms.isDoubled { throw Refused.updateSource }
        case .customer: throw Refused.updateSource
        }
        try ProtectedCall.checkForKMS(facts)
        return (object, content)
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put("encryption", "")
        record.put("versionId", input.versionId)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        record.put(body: "ObjectEncryption") { json in
            guard let wanted = input.objectEncryption.sSEKMS else { return }
            json.key("SSE-KMS")
            json.beginObject()
            if let key = wanted.kMSKeyArn { json.member("KMSKeyArn", key) }
            if let uses = wanted.bucketKeyEnabled {
                json.key("BucketKeyEnabled")
                json.bool(uses)
            }
            json.endObject()
        }
        return record.recording(of: target?.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}

extension S3.UpdateObjectEncryption.Input {
    /// The key that the object is to lie under: by its ARN, as neither ids nor aliases are taken here.
    fileprivate func wantedKey() throws -> ARN {
        guard let wanted = objectEncryption.sSEKMS else { throw Refused.updateMethod }
        guard let text = wanted.kMSKeyArn, !text.isEmpty else { throw Refused.updateNoKey }
        guard let arn = ARN(text), arn.partition.hasPrefix("aws"), arn.service == "kms",
            arn.accountID != nil, arn.resource.hasPrefix("key/"), arn.resource.utf8.count > "key/".utf8.count
        else { throw Refused.updateKey }
        return arn
    }

    fileprivate func choice(keeping context: AddedContext) throws -> EncryptionChoice.KMSChoice {
        EncryptionChoice.KMSChoice(
            key: try wantedKey().description, context: context,
            usesBucketKey: objectEncryption.sSEKMS?.bucketKeyEnabled == true, isDoubled: false)
    }
}

/// In S3's words.
/// - Source: S3 API Reference, "UpdateObjectEncryption", "Errors".
extension Refused {
    fileprivate static let updateSignature = S3.InvalidRequest(
        message: "Requests that modify an object encryption configuration require AWS Signature Version 4. "
            + "Modify the request to use AWS Signature Version 4, and then try again.")
    fileprivate static let updateMethod = S3.InvalidRequest(
        message: "Requests that modify an object encryption configuration require a valid new encryption "
            + "type. Valid values are SSEKMS. Modify the request to specify SSE-KMS for the updated "
            + "encryption type, and then try again.")
    fileprivate static let updateNoKey = S3.InvalidRequest(
        message: "Requests that modify an object's encryption type to SSE-KMS require an AWS KMS key Amazon "
            + "Resource Name (ARN). Modify the request to specify a KMS key ARN, and then try again.")
    fileprivate static let updateKey = S3.InvalidRequest(
        message: "Requests that modify an object's encryption type to SSE-KMS require a valid AWS KMS key "
            + "Amazon Resource Name (ARN). Confirm that you have a correctly formatted KMS key ARN in your "
            + "request, and then try again.")
    fileprivate static let updateSource = S3.InvalidRequest(
        message: "The UpdateObjectEncryption operation doesn't support source objects with the encryption "
            + "type DSSE-KMS or SSE-C. Only source objects encrypted with SSE-S3 or SSE-KMS are supported.")
    fileprivate static let updateAccount = AccessDenied(
        "The AWS KMS key in the request must be owned by the same account as the bucket. Modify the "
            + "request to specify a KMS key from the same account, and then try again.")
    fileprivate static let updateLock = AccessDenied(
        "The encryption type for the specified object can't be updated because that object is "
            + "protected by S3 Object Lock. If the object has a governance-mode retention period or a "
            + "legal hold, you must first remove the Object Lock status on the object before you issue "
            + "your UpdateObjectEncryption request. You can't use the UpdateObjectEncryption operation "
            + "with objects that have an Object Lock compliance mode retention period applied to them.")
}
