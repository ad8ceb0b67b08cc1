import Authentication
import Formats
import S3API
import Smithy
import World

/// An answer that carries an object's checksum.
protocol ChecksumOutput: ChecksumTexts {
    var checksumType: S3.ChecksumType? { get set }
}

extension ChecksumOutput {
    /// Of the content as a whole.
    mutating func set(_ algorithm: ChecksumAlgorithm, _ checksum: [UInt8]) {
        set(ObjectChecksum(algorithm: algorithm, value: checksum))
    }

    mutating func set(_ checksum: ObjectChecksum) {
        guard let text = checksum.text else { return }
        checksumType = checksum.isComposite ? .composite : .fullObject
        setText(text, checksum.algorithm)
    }
}

/// A shape that carries a checksum, or several, by their kinds.
protocol ChecksumTexts {
    var checksumCRC32: String? { get set }
    var checksumCRC32C: String? { get set }
    var checksumCRC64NVME: String? { get set }
    var checksumSHA1: String? { get set }
    var checksumSHA256: String? { get set }
}

extension ChecksumTexts {
    mutating func setText(_ text: String, _ algorithm: ChecksumAlgorithm) {
        switch algorithm {
        case .crc32: checksumCRC32 = text
        case .crc32c: checksumCRC32C = text
        case .crc64nvme: checksumCRC64NVME = text
        case .sha1: checksumSHA1 = text
        case .sha256: checksumSHA256 = text
        }
    }

    /// The checksum of that kind.
    func text(_ algorithm: ChecksumAlgorithm) -> String? {
        switch algorithm {
        case .crc32: checksumCRC32
        case .crc32c: checksumCRC32C
        case .crc64nvme: checksumCRC64NVME
        case .sha1: checksumSHA1
        case .sha256: checksumSHA256
        }
    }
}

/// The members that tell of S3's own keys and KMS's.
protocol EncryptionLines {
    var serverSideEncryption: S3.ServerSideEncryption? { get set }
    var sSEKMSKeyId: String? { get set }
    var bucketKeyEnabled: Bool? { get set }
}

extension EncryptionLines {
    mutating func set(_ protection: ObjectProtection) {
        serverSideEncryption = protection.algorithm
        sSEKMSKeyId = protection.kms?.key
        if protection.kms?.usesBucketKey == true { bucketKeyEnabled = true }
    }
}

/// An answer that tells how an object is encrypted.
protocol EncryptionOutput: EncryptionLines {
    var sSECustomerAlgorithm: String? { get set }
    var sSECustomerKeyMD5: String? { get set }
}

extension EncryptionOutput {
    /// - Parameter md5: of the key that came with the request.
    mutating func set(_ protection: ObjectProtection, customerKey md5: String?) {
        set(protection)
        guard protection.customer != nil else { return }
        (sSECustomerAlgorithm, sSECustomerKeyMD5) = ("AES256", md5)
    }
}

/// The members that the answers of GetObject and HeadObject have in common.
protocol ObjectOutput: ChecksumOutput, EncryptionOutput {
    var acceptRanges: String? { get set }
    var lastModified: Instant? { get set }
    var contentLength: Int? { get set }
    var eTag: String? { get set }
    var cacheControl: String? { get set }
    var contentDisposition: String? { get set }
    var contentEncoding: String? { get set }
    var contentLanguage: String? { get set }
    var contentRange: String? { get set }
    var contentType: String? { get set }
    var expires: String? { get set }
    var metadata: [String: String]? { get set }
    var websiteRedirectLocation: String? { get set }
    var tagCount: Int? { get set }
    var versionId: String? { get set }
    var objectLockMode: S3.ObjectLockMode? { get set }
    var objectLockRetainUntilDate: Instant? { get set }
    var objectLockLegalHoldStatus: S3.ObjectLockLegalHoldStatus? { get set }
    var partsCount: Int? { get set }
    var storageClass: S3.StorageClass? { get set }
    var expiration: String? { get set }
    var replicationStatus: S3.ReplicationStatus? { get set }
}

extension S3.GetObject.Output: ObjectOutput {}
extension S3.HeadObject.Output: ObjectOutput {}
extension S3.PutObject.Output: ChecksumOutput, EncryptionOutput {}

extension ObjectOutput {
    /// All but the checksum.
    mutating func set(_ read: ObjectRead, for input: some ReadInput) {
        acceptRanges = "bytes"
        lastModified = read.object.modified
        contentLength = Int(read.range.count)
        eTag = EntityTag.text(read.object.etag)
        versionId = read.place.bucket.versioning.shown(read.object.version)
        if read.isPart {
            contentRange = "bytes \(read.range.lowerBound)-\(read.range.upperBound - 1)/\(read.object.size)"
        }
        partsCount = read.partsCount
        storageClass = read.object.storageClass.told
        replicationStatus = read.content.replication?.shape
        set(read.content.protection, customerKey: read.customerKey?.md5)
        set(read.content.header, input)
    }

    /// What was stored with the object, where the request does not ask for something else in its place.
    private mutating func set(_ header: ObjectHeader, _ input: some ReadInput) {
        contentType = input.responseContentType ?? header.contentType
        contentEncoding = input.responseContentEncoding ?? header.contentEncoding
        contentDisposition = input.responseContentDisposition ?? header.contentDisposition
        contentLanguage = input.responseContentLanguage ?? header.contentLanguage
        cacheControl = input.responseCacheControl ?? header.cacheControl
        expires = input.responseExpires?.httpDate ?? header.expires
        metadata = header.metadata.isEmpty ? nil : header.metadata
        websiteRedirectLocation = header.redirect
    }
}
