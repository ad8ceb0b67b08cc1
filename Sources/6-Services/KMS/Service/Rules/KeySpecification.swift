import Crypto
import KMSAPI
import KeyEngine

/// The specs that keys can have here, and what follows from each. ML-DSA and SM2 are not among them: OpenSSL 3.0 has not
/// the one, and the other is for Regions in China.
/// - Source: KMS Developer Guide, "Key spec reference".
enum KeySpecification: String, Sendable, CaseIterable {
    case symmetricDefault = "SYMMETRIC_DEFAULT"
    case rsa2048 = "RSA_2048"
    case rsa3072 = "RSA_3072"
    case rsa4096 = "RSA_4096"
    case p256 = "ECC_NIST_P256"
    case p384 = "ECC_NIST_P384"
    case p521 = "ECC_NIST_P521"
    case secp256k1 = "ECC_SECG_P256K1"
    case ed25519 = "ECC_NIST_EDWARDS25519"
    case hmac224 = "HMAC_224"
    case hmac256 = "HMAC_256"
    case hmac384 = "HMAC_384"
    case hmac512 = "HMAC_512"

    /// What the engine makes, or made before each text had a key of its own.
    var material: KeyMaterialKind {
        switch self {
        case .symmetricDefault: .aes256
        case .rsa2048: .pair(.rsa2048)
        case .rsa3072: .pair(.rsa3072)
        case .rsa4096: .pair(.rsa4096)
        case .p256: .pair(.p256)
        case .p384: .pair(.p384)
        case .p521: .pair(.p521)
        case .secp256k1: .pair(.secp256k1)
        case .ed25519: .pair(.ed25519)
        case .hmac224: .hmac(.sha224)
        case .hmac256: .hmac(.sha256)
        case .hmac384: .hmac(.sha384)
        case .hmac512: .hmac(.sha512)
        }
    }

    /// What the engine makes now, or takes in as new: of symmetric keys what seals a text each under a key of its own, where
    /// the engine has that. Material that was made before stays what it is.
    func newMaterial(by engine: any KeyEngine) -> KeyMaterialKind {
        self == .symmetricDefault ? engine.textMaterial : material
    }

    var pair: KeyPairKind? {
        if case .pair(let kind) = material { return kind }
        return nil
    }

    /// AWS's word for what sort of key it is: an alias can only be moved to a key of the same.
    enum Family { case symmetric, asymmetric, hmac }

    var family: Family {
        switch material {
        case .aes256, .textKeys: .symmetric
        case .pair: .asymmetric
        case .hmac: .hmac
        }
    }

    private var isRSA: Bool { pair?.modulusBits != nil }

    /// The first is the one that need not be said, where it is the only one.
    var usages: [KMS.KeyUsageType] {
        switch self {
        case .symmetricDefault: [.encryptDecrypt]
        case .rsa2048, .rsa3072, .rsa4096: [.encryptDecrypt, .signVerify]
        case .p256, .p384, .p521: [.signVerify, .keyAgreement]
        case .secp256k1, .ed25519: [.signVerify]
        case .hmac224, .hmac256, .hmac384, .hmac512: [.generateVerifyMac]
        }
    }

    func encryptionAlgorithms(_ usage: KMS.KeyUsageType) -> [KMS.EncryptionAlgorithmSpec] {
        guard usage == .encryptDecrypt else { return [] }
        return isRSA ? [.rsaesOaepSha1, .rsaesOaepSha256] : [.symmetricDefault]
    }

    /// AWS has Ed25519ph besides for keys of Ed25519. OpenSSL 3.0 has not, so it is neither named nor done (decision 0014).
    func signingAlgorithms(_ usage: KMS.KeyUsageType) -> [KMS.SigningAlgorithmSpec] {
        guard usage == .signVerify, let pair else { return [] }
        return pair.signingAlgorithms.map { KMS.SigningAlgorithmSpec(rawValue: $0.rawValue) }
    }

    func agreementAlgorithms(_ usage: KMS.KeyUsageType) -> [KMS.KeyAgreementAlgorithmSpec] {
        usage == .keyAgreement ? [.ecdh] : []
    }

    var macAlgorithm: MACAlgorithm? {
        if case .hmac(let algorithm) = material { return algorithm }
        return nil
    }
}
