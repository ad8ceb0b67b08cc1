import CPKCS11
import Crypto

/// What a key of a service is to a token.
/// - Source: PKCS #11 v2.40 base, section 4; mechanisms, sections 2.1, 2.3 and 2.8.
enum KeyTemplates {
    /// A secret or private key of the kind, as an object of the session.
    /// - Parameter isExtractable: whether it is about to be wrapped; keys that are used are not.
    static func secret(_ kind: KeyMaterialKind, isExtractable: Bool) -> [Attribute] {
        let kept: [Attribute] = [.token(false), .isPrivate(true), .sensitive(true), .extractable(isExtractable)]
        switch kind {
        case .aes256:
            return kept + [.objectClass(CKO_SECRET_KEY), .keyType(CKK_AES), .may(.encrypt), .may(.decrypt)]
        case .hmac, .textKeys:
            return kept + [.objectClass(CKO_SECRET_KEY), .keyType(CKK_GENERIC_SECRET), .may(.sign), .may(.verify)]
        case .pair(let pair):
            let common = kept + [.objectClass(CKO_PRIVATE_KEY), .keyType(type(of: pair)), .may(.sign)]
            if pair.modulusBits != nil { return common + [.may(.decrypt)] }
            return pair == .ed25519 ? common : common + [.may(.derive)]
        }
    }

    static func publicHalf(_ kind: KeyPairKind) -> [Attribute] {
        let common: [Attribute] = [.token(false), .isPrivate(false), .may(.verify)]
        if let bits = kind.modulusBits {
            return common + [.may(.encrypt), .modulusBits(bits), .publicExponent([1, 0, 1])]
        }
        return common + [.curve(curve(kind))]
    }

    static func generation(_ kind: KeyPairKind) -> Mechanism {
        if kind.modulusBits != nil { return .plain(CKM_RSA_PKCS_KEY_PAIR_GEN) }
        return .plain(kind == .ed25519 ? CKM_EC_EDWARDS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN)
    }

    /// The curve's object identifier in DER.
    /// - Source: RFC 5480, section 2.1.1.1; SEC 2, appendix A; RFC 8410, section 3.
    private static func curve(_ kind: KeyPairKind) -> [UInt8] {
        switch kind {
        case .p256: [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
        case .p384: [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22]
        case .p521: [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23]
        case .secp256k1: [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A]
        case .ed25519: [0x06, 0x03, 0x2B, 0x65, 0x70]
        case .rsa2048, .rsa3072, .rsa4096: []
        }
    }

    private static func type(of kind: KeyPairKind) -> UInt {
        if kind.modulusBits != nil { return CKK_RSA }
        return kind == .ed25519 ? CKK_EC_EDWARDS : CKK_EC
    }

    /// SubjectPublicKeyInfo of a public key object.
    static func info(_ kind: KeyPairKind, _ key: UInt, _ session: Session) throws(PKCS11Error) -> [UInt8] {
        let info: PublicKeyInfo?
        if kind.modulusBits != nil {
            info = PublicKeyInfo(
                modulus: try session.attribute(CKA_MODULUS, of: key),
                exponent: try session.attribute(CKA_PUBLIC_EXPONENT, of: key))
        } else {
            info = PublicKeyInfo(kind, point: bare(try session.attribute(CKA_EC_POINT, of: key), kind))
        }
        guard let info, info.kind == kind else { throw .unavailable("The token made a public key that is none.") }
        return info.der
    }

    /// The point itself: most tokens put it into an OCTET STRING, as the standard says, some do not.
    private static func bare(_ point: [UInt8], _ kind: KeyPairKind) -> [UInt8] {
        let count = kind.coordinateBytes.map { 1 + 2 * $0 } ?? 32
        return point.count > count ? Array(point.suffix(count)) : point
    }
}
