import S3API
import Smithy

/// How a bucket has objects encrypted that do not say it themselves, and what it does not take.
/// - Source: S3 API Reference, "PutBucketEncryption", "ServerSideEncryptionRule"; S3 User Guide, "Setting default server-side
///   encryption behavior", "Blocking or unblocking SSE-C".
struct BucketEncryption: Sendable, Equatable {
    enum Algorithm: Int64, Sendable {
        case s3 = 0
        case kms = 1
        case doubledKMS = 2
    }

    var algorithm = Algorithm.s3
    /// The KMS key as the request named it; nil for `aws/s3`.
    var key: String?
    /// Whether SSE-KMS uses a bucket key where the upload does not say it.
    var usesBucketKey = false
    /// Whether uploads with keys that customers provide are refused.
    var blocksCustomerKeys = true

    /// What a bucket has from the beginning.
    static let original = BucketEncryption()

    /// What the request makes of the present state: what it does not mention stays.
    func changed(by configuration: S3.ServerSideEncryptionConfiguration) throws -> BucketEncryption {
        guard configuration.rules.count == 1, let rule = configuration.rules.first else {
            throw BucketEncryption.malformed
        }
        var next = self
        if let wanted = rule.applyServerSideEncryptionByDefault {
            next.algorithm = try BucketEncryption.algorithm(wanted.sSEAlgorithm)
            next.key = wanted.kMSMasterKeyID.flatMap { $0.isEmpty ? nil : $0 }
            guard next.algorithm != .s3 || next.key == nil else {
                throw S3.InvalidArgument(
                    message: "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or "
                        + "aws:kms:dsse", fields: [.init("ArgumentName", "ApplyServerSideEncryptionByDefault")])
            }
            next.usesBucketKey = rule.bucketKeyEnabled ?? false
        } else if let uses = rule.bucketKeyEnabled {
            next.usesBucketKey = uses
        }
        guard !next.usesBucketKey || next.algorithm != .doubledKMS else {
            throw Refused.argument("BucketKeyEnabled", "true", "S3 Bucket Keys are not supported for aws:kms:dsse")
        }
        if let types = rule.blockedEncryptionTypes?.encryptionType {
            next.blocksCustomerKeys = try BucketEncryption.blocks(types)
        }
        return next
    }

    private static func algorithm(_ name: S3.ServerSideEncryption) throws -> Algorithm {
        switch name {
        case .aes256: return .s3
        case .awsKms: return .kms
        case .awsKmsDsse: return .doubledKMS
        case .awsFsx:
            throw Refused.argument("SSEAlgorithm", name.rawValue, "The encryption method specified is not supported")
        default: throw malformed
        }
    }

    private static func blocks(_ types: [S3.EncryptionType]) throws -> Bool {
        switch types {
        case [.sseC]: return true
        case [.none]: return false
        default: throw malformed
        }
    }

    private static let malformed = S3.MalformedXML(
        message: "The XML you provided was not well-formed or did not validate against our published schema")

    var shape: S3.ServerSideEncryptionConfiguration {
        let name: S3.ServerSideEncryption =
            switch algorithm {
            case .s3: .aes256
            case .kms: .awsKms
            case .doubledKMS: .awsKmsDsse
            }
        return S3.ServerSideEncryptionConfiguration(rules: [
            S3.ServerSideEncryptionRule(
                applyServerSideEncryptionByDefault: .init(sSEAlgorithm: name, kMSMasterKeyID: key),
                bucketKeyEnabled: usesBucketKey,
                blockedEncryptionTypes: .init(encryptionType: [blocksCustomerKeys ? .sseC : S3.EncryptionType.none]))
        ])
    }
}
