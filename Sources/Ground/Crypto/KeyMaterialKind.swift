/// What a key is.
public enum KeyMaterialKind: Hashable, Sendable {
    /// 32 bytes, for AES-256-GCM.
    case aes256
    /// 32 bytes, of which the key of each text is derived. See `TextKeys`.
    case textKeys
    /// As many bytes as the MAC has.
    case hmac(MACAlgorithm)
    case pair(KeyPairKind)
}

extension KeyMaterialKind {
    /// A byte that stands for the kind in what is authenticated. Never reused for another.
    public var code: UInt8 {
        switch self {
        case .aes256: 1
        case .textKeys: 2
        case .hmac(.sha224): 16
        case .hmac(.sha256): 17
        case .hmac(.sha384): 18
        case .hmac(.sha512): 19
        case .pair(.rsa2048): 32
        case .pair(.rsa3072): 33
        case .pair(.rsa4096): 34
        case .pair(.p256): 35
        case .pair(.p384): 36
        case .pair(.p521): 37
        case .pair(.secp256k1): 38
        case .pair(.ed25519): 39
        }
    }

    /// The length of the material of a symmetric key; nil for pairs.
    public var byteCount: Int? {
        switch self {
        case .aes256, .textKeys: 32
        case .hmac(let algorithm): algorithm.byteCount
        case .pair: nil
        }
    }
}
