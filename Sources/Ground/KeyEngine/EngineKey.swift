public import Crypto
public import KeyVault

/// A key as it may be stored: wrapped, opaque, versioned. Only the engine that made it, under the same root and for the
/// same context, can use it. Changed in any bit it is no key.
public struct WrappedKey: Hashable, Sendable {
    /// What to store.
    public let bytes: [UInt8]

    /// What was stored.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// Random bytes stand near the beginning: they tell keys apart.
    public func hash(into hasher: inout Hasher) {
        bytes.prefix(40).withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

/// A key and what is needed to use it: its kind and the context it was wrapped for, both authenticated.
public struct EngineKey: Hashable, Sendable {
    /// What the key's owner stores.
    public let wrapped: WrappedKey
    public let kind: KeyMaterialKind
    public let context: SealContext

    /// A key as it was stored.
    public init(_ wrapped: WrappedKey, _ kind: KeyMaterialKind, for context: SealContext) {
        (self.wrapped, self.kind, self.context) = (wrapped, kind, context)
    }

    /// By the wrapped bytes alone.
    public func hash(into hasher: inout Hasher) { wrapped.hash(into: &hasher) }
}

/// A key that was made or taken.
public struct GeneratedKey: Sendable {
    /// What is to be stored.
    public let key: EngineKey
    /// SubjectPublicKeyInfo in DER (RFC 5280, section 4.1); nil for symmetric keys.
    public let publicKey: [UInt8]?

    /// What an engine made.
    public init(_ key: EngineKey, publicKey: [UInt8]? = nil) { (self.key, self.publicKey) = (key, publicKey) }
}

/// A pair of which the caller gets both halves.
public final class DataPair: Sendable {
    /// PKCS #8 in DER.
    public let privateKey: SecretBytes
    /// SubjectPublicKeyInfo in DER.
    public let publicKey: [UInt8]

    /// Takes the secret.
    public init(_ privateKey: consuming SecretBytes, publicKey: [UInt8]) {
        self.privateKey = privateKey
        self.publicKey = publicKey
    }
}

/// How key material that is imported was encrypted, by AWS's names.
/// - Source: AWS KMS Developer Guide, "Importing key material: select a wrapping algorithm".
public enum ImportWrapping: String, Hashable, Sendable, CaseIterable {
    /// RSAES-OAEP of the material itself.
    case oaepSHA1 = "RSAES_OAEP_SHA_1"
    case oaepSHA256 = "RSAES_OAEP_SHA_256"
    /// RSAES-OAEP of an AES key, then the material wrapped with that (RFC 5649).
    case aesKeyWrapSHA1 = "RSA_AES_KEY_WRAP_SHA_1"
    case aesKeyWrapSHA256 = "RSA_AES_KEY_WRAP_SHA_256"

    /// The digest of its RSAES-OAEP.
    public var digest: OAEPDigest {
        switch self {
        case .oaepSHA1, .aesKeyWrapSHA1: .sha1
        case .oaepSHA256, .aesKeyWrapSHA256: .sha256
        }
    }

    /// Whether an AES key lies between.
    public var hasAESKey: Bool { self == .aesKeyWrapSHA1 || self == .aesKeyWrapSHA256 }
}
