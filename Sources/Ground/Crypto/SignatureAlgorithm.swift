import COpenSSL

/// The signatures that JSON web tokens may have here: asymmetric ones. `none` and keyed hashes are no cases of it, so that
/// no token can ask for them.
/// - Source: RFC 7518, section 3.1.
public enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256", rs384 = "RS384", rs512 = "RS512"
    case ps256 = "PS256", ps384 = "PS384", ps512 = "PS512"
    case es256 = "ES256", es384 = "ES384", es512 = "ES512"

    /// The curve an ECDSA signature is made on; nil for RSA.
    public var curve: EllipticCurve? {
        switch self {
        case .es256: .p256
        case .es384: .p384
        case .es512: .p521
        default: nil
        }
    }

    var kind: Int32 {
        switch self {
        case .rs256, .rs384, .rs512: Int32(GH_SIGNATURE_RSA)
        case .ps256, .ps384, .ps512: Int32(GH_SIGNATURE_PSS)
        case .es256, .es384, .es512: Int32(GH_SIGNATURE_ECDSA)
        }
    }

    var digest: String {
        switch self {
        case .rs256, .ps256, .es256: "SHA2-256"
        case .rs384, .ps384, .es384: "SHA2-384"
        case .rs512, .ps512, .es512: "SHA2-512"
        }
    }
}

/// The curves of FIPS 186 that JSON web keys name.
/// - Source: RFC 7518, section 6.2.1.1.
public enum EllipticCurve: String, Sendable {
    case p256 = "P-256", p384 = "P-384", p521 = "P-521"

    /// Bytes of a coordinate.
    public var width: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }
}
