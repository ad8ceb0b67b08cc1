import Blobs
import Crypto
import S3API
import Storage

/// Under whose key the content of an object lies, as it is stored beside it.
enum ObjectProtection: Sendable {
    case s3
    case kms(KMSProtection)
    case customer(CustomerProtection)

    var isS3: Bool {
        if case .s3 = self { true } else { false }
    }

    /// What has to be said of an object's encryption: the algorithm by S3's name, nil where the customer's key protects.
    var algorithm: S3.ServerSideEncryption? {
        switch self {
        case .s3: .aes256
        case .kms(let kms): kms.isDoubled ? .awsKmsDsse : .awsKms
        case .customer: nil
        }
    }

    /// As the record of an upload tells it. - Parameter isDefault: whether it was the bucket that chose.
    /// - Source: S3 User Guide, "Default encryption FAQ", `SSEApplied`.
    func applied(asDefault isDefault: Bool) -> String {
        let prefix = isDefault ? "Default_" : ""
        switch self {
        case .s3: return prefix + "SSE_S3"
        case .kms(let kms): return prefix + (kms.isDoubled ? "DSSE_KMS" : "SSE_KMS")
        case .customer: return "SSE_C"
        }
    }
}

/// A data key that KMS made for one object: the only way to the content leads through KMS's Decrypt.
struct KMSProtection: Sendable {
    /// The ARN of the KMS key.
    let key: String
    /// The data key, encrypted under it.
    let dataKey: [UInt8]
    /// What the upload added to the encryption context.
    let context: AddedContext
    /// Whether the context names the bucket in place of the object.
    let usesBucketKey: Bool
    /// Whether there is a second layer, under S3's own keys.
    let isDoubled: Bool
}

/// What is kept of a key that nobody keeps: enough to tell the right one.
struct CustomerProtection: Sendable {
    let salt: [UInt8]
    /// Derived of the key and the salt, as the blob's key is, for another use.
    let check: [UInt8]

    /// For a new object.
    init(_ key: CustomerKey) {
        salt = SecureRandom.bytes(16)
        check = CustomerProtection.derive(key, salt, "check").revealed()
    }

    init(salt: [UInt8], check: [UInt8]) { (self.salt, self.check) = (salt, check) }

    /// - Throws: `AccessDenied` for another key.
    func compare(_ key: CustomerKey) throws {
        guard CustomerProtection.derive(key, salt, "check").equals(SecretBytes(check)) else { throw CustomerKey.wrong }
    }

    /// - Throws: `AccessDenied` for another key.
    func open(_ key: CustomerKey) throws -> BlobKey {
        try compare(key)
        return BlobKey(CustomerProtection.derive(key, salt, "content"))
    }

    private static func derive(_ key: CustomerKey, _ salt: [UInt8], _ use: String) -> SecretBytes {
        HKDF.derive(
            from: key.secret, salt: salt, info: Array("gatehouse customer key 1 \(use)".utf8),
            count: AESGCM.keyByteCount)
    }
}

/// As rows of `s3_content` have it. The numbers of `encryption` are never to be changed.
extension ObjectProtection {
    /// - Parameter first: the column `encryption`; `kms_key`, `data_key`, `context`, `bucket_key`, `salt` and `key_check`
    ///   follow.
    init(_ row: borrowing Row, at first: Int, of content: Int64) throws {
        switch row.int(first) {
        case 0: self = .s3
        case let number where number == 1 || number == 2:
            self = .kms(
                KMSProtection(
                    key: row.text(first + 1), dataKey: row.blob(first + 2),
                    context: AddedContext(pairs: try TextMap.decoded(row.textOrNull(first + 3))),
                    usesBucketKey: row.int(first + 4) == 1, isDoubled: number == 2))
        case 3: self = .customer(CustomerProtection(salt: row.blob(first + 5), check: row.blob(first + 6)))
        default: throw Damaged.object(content)
        }
    }

    /// `encryption`
    var number: SQLValue {
        switch self {
        case .s3: .int(0)
        case .kms(let kms): .int(kms.isDoubled ? 2 : 1)
        case .customer: .int(3)
        }
    }

    /// Whether it is the KMS key that the policies were asked about. An alias may lead elsewhere since.
    func lies(under named: String?) -> Bool {
        guard let kms, let named, named.contains(":key/") else { return true }
        return kms.key == named
    }

    var kms: KMSProtection? {
        if case .kms(let kms) = self { kms } else { nil }
    }

    var customer: CustomerProtection? {
        if case .customer(let customer) = self { customer } else { nil }
    }
}
