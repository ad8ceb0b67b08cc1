import Authentication
import Door
import S3API
import Smithy
import World

/// The members by which requests say what an object is to be, beside its content: those of PutObject,
/// CreateMultipartUpload and CopyObject.
protocol NewObjectInput: EncryptionInput, HeaderInput, ListGiver {
    var bucket: String { get }
    var key: String { get }
    var aCL: S3.ObjectCannedACL? { get }
    var grantFullControl: String? { get }
    var grantRead: String? { get }
    var grantReadACP: String? { get }
    var grantWriteACP: String? { get }
    var storageClass: S3.StorageClass? { get }
    var tagging: String? { get }
    var expectedBucketOwner: String? { get }
    var objectLockMode: S3.ObjectLockMode? { get }
    var objectLockRetainUntilDate: Instant? { get }
    var objectLockLegalHoldStatus: S3.ObjectLockLegalHoldStatus? { get }
}

extension S3.PutObject.Input: NewObjectInput {}
extension S3.CreateMultipartUpload.Input: NewObjectInput {}
extension S3.CopyObject.Input: NewObjectInput {}

extension NewObjectInput {
    /// What policies see of them. - Parameter namedKey: the ARN of the KMS key that the request names.
    func keys(_ namedKey: String?) -> [ConditionEntry] {
        [
            ConditionEntry(.s3XAmzStorageClass, storageClass?.rawValue),
            ConditionEntry(.s3XAmzServerSideEncryption, serverSideEncryption?.rawValue),
            ConditionEntry(.s3XAmzServerSideEncryptionAwsKmsKeyId, namedKey),
            ConditionEntry(.s3XAmzServerSideEncryptionCustomerAlgorithm, sSECustomerAlgorithm),
            ConditionEntry(.s3XAmzWebsiteRedirectLocation, websiteRedirectLocation),
        ].compactMap { $0 } + listKeys
    }

    var cannedName: String? { aCL?.rawValue }
    var grantWrite: String? { nil }

    /// What the tagging header says.
    func tags() throws -> [S3.Tag] { try tagging.map { try TagRules.tags(header: $0) } ?? [] }

    var lock: UploadLock {
        UploadLock(mode: objectLockMode, until: objectLockRetainUntilDate, hold: objectLockLegalHoldStatus)
    }

    /// Refuses what is not offered, or is blocked.
    func check(_ target: ObjectTarget, _ facts: RequestFacts) throws {
        try target.checkWanted("PutObject", facts)
        _ = try ObjectClass(asked: storageClass)
        try target.checkBlocked(self, facts)
    }
}

extension ObjectTarget {
    /// Refuses a customer's key where the bucket takes none.
    func checkBlocked(_ input: some CustomerKeyInput, _ facts: RequestFacts) throws {
        if input.bringsKey, try bucket.required().encryption.blocksCustomerKeys {
            throw try PutObject.blocked(self, facts)
        }
    }
}

extension S3Record {
    /// The header lines that say what an object is to be.
    mutating func put(_ input: some NewObjectInput) {
        put(list: input)
        put("x-amz-storage-class", input.storageClass?.rawValue)
        put("x-amz-server-side-encryption", input.serverSideEncryption?.rawValue)
        put("x-amz-server-side-encryption-aws-kms-key-id", input.sSEKMSKeyId)
        put("x-amz-server-side-encryption-bucket-key-enabled", input.bucketKeyEnabled.map { $0 ? "true" : "false" })
        put("x-amz-server-side-encryption-customer-algorithm", input.sSECustomerAlgorithm)
        put("x-amz-tagging", input.tagging)
        put("x-amz-website-redirect-location", input.websiteRedirectLocation)
        put("x-amz-object-lock-mode", input.objectLockMode?.rawValue)
        put("x-amz-object-lock-retain-until-date", input.objectLockRetainUntilDate?.iso8601)
        put("x-amz-object-lock-legal-hold", input.objectLockLegalHoldStatus?.rawValue)
        put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
    }
}
