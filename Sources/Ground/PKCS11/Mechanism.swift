import CPKCS11

/// What a token is asked to do, with its parameter.
/// - Source: PKCS #11 v2.40 mechanisms.
enum Mechanism: Sendable {
    /// One without a parameter.
    case plain(UInt)
    case gcm(nonce: [UInt8], associated: [UInt8])
    case oaep(hash: UInt, mask: UInt)
    case pss(hash: UInt, mask: UInt, salt: Int)
    case ecdh(point: [UInt8])

    var type: UInt {
        switch self {
        case .plain(let type): type
        case .gcm: CKM_AES_GCM
        case .oaep: CKM_RSA_PKCS_OAEP
        case .pss: CKM_RSA_PKCS_PSS
        case .ecdh: CKM_ECDH1_DERIVE
        }
    }

    /// Lends it in C's form; what its parameter points to lives as long as the call.
    func withMechanism<Result>(_ body: (CK_MECHANISM_PTR) -> Result) -> Result {
        switch self {
        case .plain(let type):
            var mechanism = CK_MECHANISM(mechanism: type, pParameter: nil, ulParameterLen: 0)
            return body(&mechanism)
        case .gcm(var nonce, var associated):
            let (nonceCount, associatedCount) = (UInt(nonce.count), UInt(associated.count))
            return nonce.withUnsafeMutableBufferPointer { nonce in
                associated.withUnsafeMutableBufferPointer { associated in
                    Mechanism.with(
                        type,
                        CK_GCM_PARAMS(
                            pIv: nonce.baseAddress, ulIvLen: nonceCount, ulIvBits: nonceCount * 8,
                            pAAD: associatedCount == 0 ? nil : associated.baseAddress, ulAADLen: associatedCount,
                            ulTagBits: 128), body)
                }
            }
        case .oaep(let hash, let mask):
            return Mechanism.with(
                type,
                CK_RSA_PKCS_OAEP_PARAMS(
                    hashAlg: hash, mgf: mask, source: 1, pSourceData: nil, ulSourceDataLen: 0), body)
        case .pss(let hash, let mask, let salt):
            return Mechanism.with(type, CK_RSA_PKCS_PSS_PARAMS(hashAlg: hash, mgf: mask, sLen: UInt(salt)), body)
        case .ecdh(var point):
            let count = UInt(point.count)
            return point.withUnsafeMutableBufferPointer { point in
                Mechanism.with(
                    type,
                    CK_ECDH1_DERIVE_PARAMS(
                        kdf: CKD_NULL, ulSharedDataLen: 0, pSharedData: nil, ulPublicDataLen: count,
                        pPublicData: point.baseAddress), body)
            }
        }
    }

    private static func with<Parameter, Result>(
        _ type: UInt, _ parameter: Parameter, _ body: (CK_MECHANISM_PTR) -> Result
    ) -> Result {
        var parameter = parameter
        return withUnsafeMutableBytes(of: &parameter) { parameter in
            var mechanism = CK_MECHANISM(
                mechanism: type, pParameter: parameter.baseAddress, ulParameterLen: UInt(parameter.count))
            return body(&mechanism)
        }
    }
}
