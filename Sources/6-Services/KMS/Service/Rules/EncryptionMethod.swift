import Crypto
import KMSAPI

/// How a key encrypts.
/// - Source: KMS Developer Guide, "Key spec reference".
enum EncryptionMethod: Sendable, Equatable {
    case symmetric
    case oaep(OAEPDigest)

    /// - Throws: `InvalidKeyUsageException` where keys of the spec do not encrypt so.
    init(_ algorithm: KMS.EncryptionAlgorithmSpec, of key: KMSKey) throws {
        guard key.spec.encryptionAlgorithms(key.usage).contains(algorithm) else {
            throw Invalid.algorithm(algorithm.rawValue, of: key)
        }
        guard let digest = OAEPDigest(rawValue: algorithm.rawValue) else {
            self = .symmetric
            return
        }
        self = .oaep(digest)
    }
}
