/// The kinds of key pairs that AWS KMS makes and OpenSSL 3.0 knows.
/// - Source: AWS KMS Developer Guide, "Key spec reference".
public enum KeyPairKind: Hashable, Sendable, CaseIterable {
    case rsa2048, rsa3072, rsa4096
    case p256, p384, p521, secp256k1
    case ed25519

    /// Bits of the modulus; nil where there is none.
    public var modulusBits: Int? {
        switch self {
        case .rsa2048: 2048
        case .rsa3072: 3072
        case .rsa4096: 4096
        default: nil
        }
    }

    /// Bytes of a coordinate of a curve that ECDSA and ECDH use; nil for RSA and Ed25519.
    public var coordinateBytes: Int? {
        switch self {
        case .p256, .secp256k1: 32
        case .p384: 48
        case .p521: 66
        default: nil
        }
    }

    /// Whether a use of the private half takes a fraction of a millisecond. The larger RSA keys, and the curves that OpenSSL
    /// has no assembly for, take some.
    public var isQuick: Bool { [.rsa2048, .p256, .ed25519].contains(self) }

    /// What keys of this kind sign with.
    public var signingAlgorithms: [SigningAlgorithm] { SigningAlgorithm.allCases.filter { $0.fits(self) } }
}
