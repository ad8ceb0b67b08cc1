import CPKCS11
public import Crypto

extension TokenKeys {
    /// AES-256-GCM: nonce (12), ciphertext, tag (16).
    public func seal(_ clear: [UInt8], associated: [UInt8], with key: Bound) throws(PKCS11Error) -> [UInt8] {
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        let sealed = try use(key) { lent, object throws(PKCS11Error) in
            try lent.session.encrypt(clear, with: object, .gcm(nonce: nonce, associated: associated))
        }
        try checkSealed(sealed, of: clear.count)
        return nonce + sealed
    }

    /// Opens what `seal` gave; throws `.unopened` for all else.
    public func open(_ sealed: [UInt8], associated: [UInt8], with key: Bound) throws(PKCS11Error) -> [UInt8] {
        let start = AESGCM.nonceByteCount
        guard sealed.count >= start + AESGCM.tagByteCount else { throw .unopened }
        return try use(key) { lent, object throws(PKCS11Error) in
            try lent.opening { session throws(PKCS11Error) in
                try session.decrypt(
                    Array(sealed[start...]), with: object,
                    .gcm(nonce: Array(sealed[..<start]), associated: associated),
                    giving: sealed.count - start - AESGCM.tagByteCount)
            }
        }
    }

    /// The key of one text, of material that was made outside and came into the token: it is in this process for as long as
    /// the text is. The material stays in the token.
    public func key(of text: [UInt8], with key: Bound) throws(PKCS11Error) -> SecretBytes {
        var derived = try mac(DerivedText.input(text), by: .sha256, with: key)
        // Fewer bytes would be no secret, and no key.
        guard derived.count == AESGCM.keyByteCount else {
            derived.zero()
            throw .setup("\(root.token.settings.choice) gives an HMAC of another length than SHA-256 has.")
        }
        return SecretBytes(taking: &derived)
    }

    /// HMAC.
    public func mac(_ message: [UInt8], by algorithm: MACAlgorithm, with key: Bound) throws(PKCS11Error) -> [UInt8] {
        try use(key) { lent, object throws(PKCS11Error) in
            try lent.session.sign(
                message, with: object, .plain(algorithm.mechanism), giving: algorithm.byteCount)
        }
    }

    /// A signature as AWS KMS gives it. The message's form and length were checked.
    public func sign(_ message: SignedMessage, by algorithm: SigningAlgorithm, with key: Bound) throws(PKCS11Error)
        -> [UInt8]
    {
        guard abilities.has(algorithm), case .pair(let kind) = key.kind else { throw .unsupported(algorithm.rawValue) }
        // ECDSA's two numbers; Ed25519's signature is as long as two of its coordinates would be.
        let count = kind.modulusBits.map { $0 / 8 } ?? 2 * (kind.coordinateBytes ?? 32)
        return try unsupportedNamed(algorithm.rawValue) { () throws(PKCS11Error) in
            try use(key) { lent, object throws(PKCS11Error) in
                if algorithm == .ed25519, case .raw(let bytes) = message {
                    return try lent.session.sign(bytes, with: object, .plain(CKM_EDDSA), giving: count)
                }
                guard let digest = algorithm.hash(message) else { throw .unopened }
                let numbers = try lent.session.sign(
                    algorithm.prefix + digest, with: object, algorithm.mechanism, giving: count)
                return algorithm.isECDSA ? ECDSASignature.der(numbers) : numbers
            }
        }
    }

    /// RSAES-OAEP. Where the token knows it not with this digest, it does the RSA and the padding is taken off here.
    public func decrypt(_ ciphertext: [UInt8], by digest: OAEPDigest, with key: Bound) throws(PKCS11Error) -> [UInt8] {
        do {
            return try use(key) { lent, object throws(PKCS11Error) in
                try lent.opening { session throws(PKCS11Error) in
                    try session.decrypt(ciphertext, with: object, digest.mechanism)
                }
            }
        } catch {
            guard error.isUnsupported else { throw error }
        }
        return try unsupportedNamed(digest.rawValue) { () throws(PKCS11Error) in
            var padded = try use(key) { lent, object throws(PKCS11Error) in
                try lent.opening { session throws(PKCS11Error) in
                    try session.decrypt(ciphertext, with: object, .plain(CKM_RSA_X_509))
                }
            }
            var whole = [UInt8](repeating: 0, count: max(ciphertext.count, padded.count))
            defer {
                padded.zero()
                whole.zero()
            }
            whole.replaceSubrange((whole.count - padded.count)..., with: padded)
            guard let clear = digest.unpad(whole) else { throw .unopened }
            return clear
        }
    }

    /// ECDH's x coordinate; the peer lies on the key's curve.
    public func agree(with peer: PublicKeyInfo, _ key: Bound) throws(PKCS11Error) -> [UInt8] {
        guard let point = peer.point, let width = peer.kind.coordinateBytes else { throw .unopened }
        return try unsupportedNamed("ECDH") { () throws(PKCS11Error) in
            try use(key) { lent, object throws(PKCS11Error) in
                let secret = try lent.session.derive(
                    .ecdh(point: point), from: object,
                    [
                        .objectClass(CKO_SECRET_KEY), .keyType(CKK_GENERIC_SECRET), .token(false), .sensitive(false),
                        .extractable(true), .valueLength(width),
                    ])
                defer { lent.session.destroy(secret) }
                var value = try lent.session.attribute(CKA_VALUE, of: secret)
                guard value.count != width else { return value }
                defer { value.zero() }
                guard value.count < width else { throw .garbled(function: "C_GetAttributeValue") }
                return [UInt8](repeating: 0, count: width - value.count) + value
            }
        }
    }
}

extension SigningAlgorithm {
    fileprivate var isECDSA: Bool { self == .ecdsaSHA256 || self == .ecdsaSHA384 || self == .ecdsaSHA512 }

    fileprivate var mechanism: Mechanism {
        switch self {
        case .pssSHA256: .pss(hash: CKM_SHA256, mask: UInt(CKG_MGF1_SHA256), salt: 32)
        case .pssSHA384: .pss(hash: CKM_SHA384, mask: UInt(CKG_MGF1_SHA384), salt: 48)
        case .pssSHA512: .pss(hash: CKM_SHA512, mask: UInt(CKG_MGF1_SHA512), salt: 64)
        case .pkcs1SHA256, .pkcs1SHA384, .pkcs1SHA512: .plain(CKM_RSA_PKCS)
        case .ecdsaSHA256, .ecdsaSHA384, .ecdsaSHA512: .plain(CKM_ECDSA)
        case .ed25519: .plain(CKM_EDDSA)
        }
    }

    /// What PKCS #1 v1.5 puts before the digest: a DigestInfo up to it.
    /// - Source: RFC 8017, section 9.2, note 1.
    fileprivate var prefix: [UInt8] {
        let middle: [UInt8] = [0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02]
        switch self {
        case .pkcs1SHA256: return [0x30, 0x31] + middle + [0x01, 0x05, 0x00, 0x04, 0x20]
        case .pkcs1SHA384: return [0x30, 0x41] + middle + [0x02, 0x05, 0x00, 0x04, 0x30]
        case .pkcs1SHA512: return [0x30, 0x51] + middle + [0x03, 0x05, 0x00, 0x04, 0x40]
        default: return []
        }
    }
}

extension OAEPDigest {
    fileprivate var mechanism: Mechanism {
        switch self {
        case .sha1: .oaep(hash: CKM_SHA_1, mask: UInt(CKG_MGF1_SHA1))
        case .sha256: .oaep(hash: CKM_SHA256, mask: UInt(CKG_MGF1_SHA256))
        }
    }
}
