import CPKCS11
public import Crypto

/// What a token can do, by its list of mechanisms.
public struct Abilities: Sendable {
    private let mechanisms: Set<UInt>
    /// How keys are wrapped: AES key wrap with padding (RFC 5649).
    let wrapping: Mechanism?

    init(_ mechanisms: [UInt]) {
        self.mechanisms = Set(mechanisms)
        // The older number is used for RFC 5649 by most, by some for another padding; the newer one has one meaning.
        wrapping = [GH_CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PAD].first { mechanisms.contains($0) }.map { .plain($0) }
    }

    /// Whether keys of the kind can be made and used. A curve that the token's mechanism does not know is told when one is
    /// made.
    public func has(_ kind: KeyMaterialKind) -> Bool {
        switch kind {
        case .aes256: return has(CKM_AES_KEY_GEN, CKM_AES_GCM)
        case .textKeys: return has(CKM_GENERIC_SECRET_KEY_GEN, CKM_SHA256_HMAC)
        case .hmac(let algorithm): return has(CKM_GENERIC_SECRET_KEY_GEN, algorithm.mechanism)
        case .pair(.ed25519): return has(CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EDDSA)
        case .pair(let pair):
            return pair.modulusBits == nil
                ? has(CKM_EC_KEY_PAIR_GEN, CKM_ECDSA) : has(CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS)
        }
    }

    /// Whether it signs with the algorithm.
    public func has(_ algorithm: SigningAlgorithm) -> Bool {
        switch algorithm {
        case .pssSHA256, .pssSHA384, .pssSHA512: has(CKM_RSA_PKCS_PSS)
        case .pkcs1SHA256, .pkcs1SHA384, .pkcs1SHA512: has(CKM_RSA_PKCS)
        case .ecdsaSHA256, .ecdsaSHA384, .ecdsaSHA512: has(CKM_ECDSA)
        case .ed25519: has(CKM_EDDSA)
        }
    }

    private func has(_ mechanisms: UInt...) -> Bool { mechanisms.allSatisfy { self.mechanisms.contains($0) } }
}

extension Token {
    /// Asks the token for its mechanisms.
    public func abilities() throws(PKCS11Error) -> Abilities {
        try use { lent throws(PKCS11Error) in
            let list = module.functions.pointee
            var count: UInt = 0
            try Session.check("C_GetMechanismList", list.C_GetMechanismList(lent.slot, nil, &count))
            var mechanisms = [UInt](repeating: 0, count: try Session.listCount("C_GetMechanismList", count))
            try Session.check("C_GetMechanismList", list.C_GetMechanismList(lent.slot, &mechanisms, &count))
            return Abilities(Array(mechanisms.prefix(try Session.listCount("C_GetMechanismList", count))))
        }
    }
}

extension MACAlgorithm {
    var mechanism: UInt {
        switch self {
        case .sha224: CKM_SHA224_HMAC
        case .sha256: CKM_SHA256_HMAC
        case .sha384: CKM_SHA384_HMAC
        case .sha512: CKM_SHA512_HMAC
        }
    }
}
