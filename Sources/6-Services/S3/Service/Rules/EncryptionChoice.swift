import S3API

/// The members with which a request says how an object is to be encrypted.
protocol EncryptionInput: CustomerKeyInput {
    var serverSideEncryption: S3.ServerSideEncryption? { get }
    var sSEKMSKeyId: String? { get }
    var sSEKMSEncryptionContext: String? { get }
    var bucketKeyEnabled: Bool? { get }
}

extension S3.PutObject.Input: EncryptionInput {}
extension S3.CreateMultipartUpload.Input: EncryptionInput {}
extension S3.CopyObject.Input: EncryptionInput {}

/// How an upload is to be encrypted: as it asks, or else as its bucket says.
/// - Source: S3 API Reference, "PutObject"; S3 User Guide, "Specifying server-side encryption with AWS KMS".
struct EncryptionChoice: Sendable {
    enum Method: Sendable {
        /// Under S3's own keys.
        case s3
        case kms(KMSChoice)
        /// Under a key that comes with the request.
        case customer(CustomerKey)
    }

    /// A key of KMS, and how it is used.
    struct KMSChoice: Sendable {
        /// As the request or the bucket names it; nil for `aws/s3` of the caller's account.
        let key: String?
        let context: AddedContext
        let usesBucketKey: Bool
        /// Whether the content gets a second layer, under S3's own keys.
        let isDoubled: Bool
    }

    let method: Method
    /// Whether it was the bucket that chose.
    let isDefault: Bool

    init(_ input: some EncryptionInput, in bucket: BucketEncryption) throws {
        if let key = try CustomerKey(writing: input) {
            try EncryptionChoice.refuseKMS(input)
            (method, isDefault) = (.customer(key), false)
            return
        }
        guard let asked = input.serverSideEncryption else {
            try EncryptionChoice.refuseKMS(input, butBucketKey: bucket.algorithm == .kms)
            isDefault = true
            let uses = input.bucketKeyEnabled ?? bucket.usesBucketKey
            switch bucket.algorithm {
            case .s3: method = .s3
            case .kms, .doubledKMS:
                method = .kms(
                    KMSChoice(
                        key: bucket.key, context: AddedContext(pairs: [:]),
                        usesBucketKey: uses && bucket.algorithm == .kms,
                        isDoubled: bucket.algorithm == .doubledKMS))
            }
            return
        }
        isDefault = false
        switch asked {
        case .aes256:
            try EncryptionChoice.refuseKMS(input)
            method = .s3
        case .awsKms, .awsKmsDsse:
            let isDoubled = asked == .awsKmsDsse
            if isDoubled, input.bucketKeyEnabled == true {
                throw Refused.argument(
                    EncryptionChoice.bucketKeyHeader, "true", "S3 Bucket Keys are not supported for aws:kms:dsse")
            }
            method = .kms(
                KMSChoice(
                    key: input.sSEKMSKeyId,
                    context: try input.sSEKMSEncryptionContext.map { try AddedContext(header: $0) }
                        ?? AddedContext(pairs: [:]),
                    usesBucketKey: !isDoubled && (input.bucketKeyEnabled ?? bucket.usesBucketKey),
                    isDoubled: isDoubled))
        default:
            throw Refused.argument(
                "x-amz-server-side-encryption", asked.rawValue, "The encryption method specified is not supported")
        }
    }

    private static let bucketKeyHeader = "x-amz-server-side-encryption-bucket-key-enabled"

    /// What only KMS understands is refused where it is not asked for.
    private static func refuseKMS(_ input: some EncryptionInput, butBucketKey: Bool = false) throws {
        let given = [
            ("x-amz-server-side-encryption-aws-kms-key-id", input.sSEKMSKeyId),
            ("x-amz-server-side-encryption-context", input.sSEKMSEncryptionContext),
            (bucketKeyHeader, input.bucketKeyEnabled == true && !butBucketKey ? "true" : nil),
        ]
        guard let (name, value) = given.first(where: { $0.1 != nil }) else { return }
        throw Refused.argument(
            name, value ?? "",
            "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"
        )
    }
}
