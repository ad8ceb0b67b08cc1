/// The signatures AWS KMS makes, by its names; but Ed25519ph, which OpenSSL 3.0 does not have.
/// - Source: AWS KMS API Reference, "Sign"; FIPS 186-5; RFC 8017; RFC 8032.
public enum SigningAlgorithm: String, Hashable, Sendable, CaseIterable {
    /// Salts are as long as the digest.
    case pssSHA256 = "RSASSA_PSS_SHA_256"
    case pssSHA384 = "RSASSA_PSS_SHA_384"
    case pssSHA512 = "RSASSA_PSS_SHA_512"
    case pkcs1SHA256 = "RSASSA_PKCS1_V1_5_SHA_256"
    case pkcs1SHA384 = "RSASSA_PKCS1_V1_5_SHA_384"
    case pkcs1SHA512 = "RSASSA_PKCS1_V1_5_SHA_512"
    case ecdsaSHA256 = "ECDSA_SHA_256"
    case ecdsaSHA384 = "ECDSA_SHA_384"
    case ecdsaSHA512 = "ECDSA_SHA_512"
    /// Of a whole message, never of a digest.
    case ed25519 = "ED25519_SHA_512"

    /// The digest of the message that is signed.
    public var digest: MessageDigest {
        switch self {
        case .pssSHA256, .pkcs1SHA256, .ecdsaSHA256: .sha256
        case .pssSHA384, .pkcs1SHA384, .ecdsaSHA384: .sha384
        case .pssSHA512, .pkcs1SHA512, .ecdsaSHA512, .ed25519: .sha512
        }
    }

    /// Whether keys of the kind sign with it.
    public func fits(_ kind: KeyPairKind) -> Bool {
        switch self {
        case .pssSHA256, .pssSHA384, .pssSHA512, .pkcs1SHA256, .pkcs1SHA384, .pkcs1SHA512: kind.modulusBits != nil
        case .ecdsaSHA256: kind == .p256 || kind == .secp256k1
        case .ecdsaSHA384: kind == .p384
        case .ecdsaSHA512: kind == .p521
        case .ed25519: kind == .ed25519
        }
    }
}

/// The digests of signatures (FIPS 180-4).
public enum MessageDigest: Hashable, Sendable, CaseIterable {
    case sha256, sha384, sha512

    /// Length of a digest in bytes.
    public var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }
}

/// What is to be signed: KMS's `MessageType`.
public enum SignedMessage: Hashable, Sendable {
    /// The message itself.
    case raw([UInt8])
    /// Its digest, of the algorithm's kind and length.
    case digest([UInt8])
}

/// The digest of RSAES-OAEP, also of its mask generation; the label is empty.
/// - Source: RFC 8017, section 7.1; AWS KMS API Reference, "Encrypt", `EncryptionAlgorithm`.
public enum OAEPDigest: String, Hashable, Sendable, CaseIterable {
    case sha1 = "RSAES_OAEP_SHA_1"
    case sha256 = "RSAES_OAEP_SHA_256"

    /// Length of a digest in bytes.
    public var byteCount: Int { self == .sha1 ? 20 : 32 }
}

/// The keyed digests of AWS KMS; a key of each has the digest's length.
/// - Source: RFC 2104; AWS KMS Developer Guide, "HMAC keys in AWS KMS".
public enum MACAlgorithm: String, Hashable, Sendable, CaseIterable {
    case sha224 = "HMAC_SHA_224"
    case sha256 = "HMAC_SHA_256"
    case sha384 = "HMAC_SHA_384"
    case sha512 = "HMAC_SHA_512"

    /// Length of a MAC, and of a key, in bytes.
    public var byteCount: Int {
        switch self {
        case .sha224: 28
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }
}
