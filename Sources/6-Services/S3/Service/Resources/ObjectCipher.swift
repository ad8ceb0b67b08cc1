import AWS
import Blobs
import Crypto
public import Door
import KMSAPI
import Storage

/// Finds the keys of contents: S3's own, those that KMS makes and opens for the caller, by his rights and on his record,
/// and those he brings.
///
/// Nothing that KMS gave is kept: each upload, and each reading, asks it. So a key that is disabled, or a right that is
/// taken away, counts from the next request on, where a bucket key is used as well.
/// - Source: S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)", "Reducing the cost of SSE-KMS with
///   Amazon S3 Bucket Keys".
public struct ObjectCipher: Sendable {
    private let keys: any ServiceKeys

    /// - Parameter keys: where the keys are found that KMS has for S3.
    public init(keys: any ServiceKeys) { self.keys = keys }

    private static let service = "s3.amazonaws.com"
    private static let ownAlias = "alias/aws/s3"

    /// The ARN of the key that an upload names, as far as it is of the caller's account; of others, as it is named.
    func arn(named text: String, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) throws -> String {
        guard let account = facts.account else { return text }
        let found = try keys.arn(named: text, by: account, in: facts.region, at: facts.now, snapshot)
        return found ?? ObjectCipher.arn(text, of: account, in: facts.region)
    }

    /// A fresh key for an object that is about to be stored.
    func begin(_ method: EncryptionChoice.Method, at place: ObjectPlace, _ facts: RequestFacts, _ calls: Calls)
        async throws -> OpenProtection
    {
        switch method {
        case .s3: return OpenProtection(.s3, key: nil)
        case .kms(let choice):
            try ProtectedCall.checkForKMS(facts)
            return try await generate(choice, at: place, facts, calls)
        case .customer(let key):
            try ProtectedCall.checkForCustomerKey(facts)
            let protection = CustomerProtection(key)
            return OpenProtection(.customer(protection), key: try protection.open(key))
        }
    }

    private func generate(
        _ choice: EncryptionChoice.KMSChoice, at place: ObjectPlace, _ facts: RequestFacts, _ calls: Calls
    ) async throws -> OpenProtection {
        let context = try choice.context.whole(place.arn(usesBucketKey: choice.usesBucketKey))
        var made: KMS.GenerateDataKey.Output
        do {
            let key = try await name(of: choice.key, facts)
            made = try await calls.perform(
                KMS.GenerateDataKey.self, .init(keyId: key, encryptionContext: context, keySpec: .aes256),
                through: ObjectCipher.service)
        } catch { throw KeyFailure.told(error) }
        guard var clear = made.plaintext, let wrapped = made.ciphertextBlob, let arn = made.keyId else {
            throw Failure.internalFailure
        }
        // The one copy left is zeroed.
        made.plaintext = nil
        let protection = KMSProtection(
            key: arn, dataKey: wrapped, context: choice.context, usesBucketKey: choice.usesBucketKey,
            isDoubled: choice.isDoubled)
        return OpenProtection(.kms(protection), key: try ObjectCipher.blobKey(&clear))
    }

    /// A fresh key for a replica. KMS is not asked for it but to encrypt it: that is what roles of replication may do.
    /// - Source: S3 User Guide, "Replicating encrypted objects", "Granting additional permissions for the IAM role".
    func begin(
        _ method: EncryptionChoice.Method, replicaAt place: ObjectPlace, _ facts: RequestFacts, _ calls: Calls
    ) async throws -> OpenProtection {
        guard case .kms(let choice) = method else { return try await begin(method, at: place, facts, calls) }
        var clear = SecureRandom.bytes(AESGCM.keyByteCount)
        let context = try choice.context.whole(place.arn(usesBucketKey: choice.usesBucketKey))
        let sealed: KMS.Encrypt.Output
        do {
            let input = KMS.Encrypt.Input(
                keyId: try await name(of: choice.key, facts), plaintext: clear, encryptionContext: context)
            sealed = try await calls.perform(KMS.Encrypt.self, input, through: ObjectCipher.service)
        } catch { throw KeyFailure.told(error) }
        guard let wrapped = sealed.ciphertextBlob, let arn = sealed.keyId else { throw Failure.internalFailure }
        let protection = KMSProtection(
            key: arn, dataKey: wrapped, context: choice.context, usesBucketKey: choice.usesBucketKey,
            isDoubled: choice.isDoubled)
        return OpenProtection(.kms(protection), key: try ObjectCipher.blobKey(&clear))
    }

    /// The data key of an object, moved to another key of KMS, or to another context. KMS does that; the data key itself stays
    /// what it is, and is not seen here.
    func move(_ kms: KMSProtection, to choice: EncryptionChoice.KMSChoice, at place: ObjectPlace, _ calls: Calls)
        async throws -> KMSProtection
    {
        let moved: KMS.ReEncrypt.Output
        do {
            let input = KMS.ReEncrypt.Input(
                ciphertextBlob: kms.dataKey,
                sourceEncryptionContext: try kms.context.whole(place.arn(usesBucketKey: kms.usesBucketKey)),
                sourceKeyId: kms.key, destinationKeyId: choice.key ?? "",
                destinationEncryptionContext: try choice.context.whole(place.arn(usesBucketKey: choice.usesBucketKey)))
            moved = try await calls.perform(KMS.ReEncrypt.self, input, through: ObjectCipher.service)
        } catch { throw KeyFailure.told(error) }
        guard let dataKey = moved.ciphertextBlob, let arn = moved.keyId else { throw Failure.internalFailure }
        return KMSProtection(
            key: arn, dataKey: dataKey, context: choice.context, usesBucketKey: choice.usesBucketKey,
            isDoubled: kms.isDoubled)
    }

    /// The key of an object that is stored. - Parameter customer: the key that came with the request.
    func open(_ protection: ObjectProtection, at place: ObjectPlace, customer: CustomerKey?, _ calls: Calls)
        async throws -> OpenProtection
    {
        switch protection {
        case .s3: return OpenProtection(.s3, key: nil)
        case .kms(let kms):
            return OpenProtection(protection, key: try await decrypt(kms, at: place, calls))
        case .customer(let kept):
            guard let customer else { throw Refused.keyMissing }
            return OpenProtection(protection, key: try kept.open(customer))
        }
    }

    private func decrypt(_ kms: KMSProtection, at place: ObjectPlace, _ calls: Calls) async throws -> BlobKey {
        let context = try kms.context.whole(place.arn(usesBucketKey: kms.usesBucketKey))
        var opened: KMS.Decrypt.Output
        do {
            opened = try await calls.perform(
                KMS.Decrypt.self,
                .init(ciphertextBlob: kms.dataKey, encryptionContext: context, keyId: kms.key),
                through: ObjectCipher.service)
        } catch { throw KeyFailure.told(error) }
        guard var clear = opened.plaintext else { throw Failure.internalFailure }
        opened.plaintext = nil
        return try ObjectCipher.blobKey(&clear)
    }

    /// As KMS is to find it. Who names S3's own key, or none, needs it made.
    private func name(of key: String?, _ facts: RequestFacts) async throws -> String {
        let account = try facts.signedAccount()
        let own = ObjectCipher.arn(ObjectCipher.ownAlias, of: account, in: facts.region)
        guard let key, ObjectCipher.arn(key, of: account, in: facts.region) != own else {
            return try await keys.key(for: "s3", of: account, in: facts.region)
        }
        return key
    }

    /// A short name is one of the caller's account, whoever owns the bucket.
    /// - Source: S3 API Reference, "ServerSideEncryptionByDefault".
    private static func arn(_ text: String, of account: AccountID, in region: Region) -> String {
        guard !text.hasPrefix("arn:") else { return text }
        return "arn:\(region.partition):kms:\(region):\(account):\(text.hasPrefix("alias/") ? text : "key/" + text)"
    }

    private static func blobKey(_ clear: inout [UInt8]) throws -> BlobKey {
        guard clear.count == AESGCM.keyByteCount else { throw Failure.internalFailure }
        return BlobKey(SecretBytes(taking: &clear))
    }
}

/// Where an object lies, as encryption contexts name it.
struct ObjectPlace: Sendable {
    let bucket: Bucket
    let key: String

    func arn(usesBucketKey: Bool) -> String { usesBucketKey ? bucket.arn : bucket.arn + "/" + key }
}

/// A protection with its key.
struct OpenProtection: Sendable {
    let protection: ObjectProtection
    /// Nil where S3's own keys protect.
    private let key: BlobKey?

    init(_ protection: ObjectProtection, key: BlobKey?) { (self.protection, self.key) = (protection, key) }

    /// For the store of blobs.
    var cover: BlobCover {
        guard let key else { return .store }
        if case .kms(let kms) = protection, kms.isDoubled { return .twice(key) }
        return .key(key)
    }

    /// A checksum as it is stored: it would tell what the content is, so it lies under the content's key.
    func seal(_ checksum: [UInt8], beside blob: BlobID) -> [UInt8] { key?.seal(checksum, beside: blob) ?? checksum }

    func open(_ checksum: [UInt8], beside blob: BlobID) throws -> [UInt8] {
        try key?.open(checksum, beside: blob) ?? checksum
    }
}
