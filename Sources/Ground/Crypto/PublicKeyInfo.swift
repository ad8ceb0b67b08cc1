import COpenSSL

/// The public half of a key pair, from X.509's SubjectPublicKeyInfo. Any thread may use one.
public final class PublicKeyInfo: @unchecked Sendable {
    // Owned, freed in deinit, never written after init.
    let handle: OpaquePointer
    /// What it is.
    public let kind: KeyPairKind

    /// From DER, all of it; nil where it is no good key of a kind we know, such as a point off its curve.
    public convenience init?(der: [UInt8]) { self.init(gh_pair_read_public(der, der.count)) }

    /// An RSA key by its numbers, greatest byte first.
    public convenience init?(modulus: [UInt8], exponent: [UInt8]) {
        self.init(gh_pair_public_rsa(modulus, modulus.count, exponent, exponent.count))
    }

    /// A point of a curve, uncompressed; for Ed25519 its 32 bytes.
    public convenience init?(_ kind: KeyPairKind, point: [UInt8]) {
        guard kind.modulusBits == nil else { return nil }
        self.init(gh_pair_public_point(kind.identifier, point, point.count))
    }

    /// Takes over the handle.
    private init?(_ handle: OpaquePointer?) {
        guard let handle else { return nil }
        let identifier = gh_pair_kind(handle)
        guard let kind = KeyPairKind.allCases.first(where: { $0.identifier == identifier }) else {
            EVP_PKEY_free(handle)
            return nil
        }
        (self.handle, self.kind) = (handle, kind)
    }

    deinit { EVP_PKEY_free(handle) }

    /// Whether a use takes a fraction of a millisecond: RSA with its small exponents, and the curves of quick pairs.
    public var isQuick: Bool { kind.modulusBits != nil || kind.isQuick }

    /// SubjectPublicKeyInfo in DER.
    public var der: [UInt8] { bytesOf { gh_pair_public(handle, $0, $1) } }

    /// The uncompressed point; nil for RSA and Ed25519.
    public var point: [UInt8]? {
        guard let width = kind.coordinateBytes else { return nil }
        var point = [UInt8](repeating: 4, count: 1 + 2 * width)
        let isWhole = point.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return gh_key_number(handle, OSSL_PKEY_PARAM_EC_PUB_X, width, start + 1, width) == width
                && gh_key_number(handle, OSSL_PKEY_PARAM_EC_PUB_Y, width, start + 1 + width, width) == width
        }
        return isWhole ? point : nil
    }

    /// Whether the signature is good. False too where algorithm, message and key do not fit together.
    public func verifies(_ signature: [UInt8], of message: SignedMessage, by algorithm: SigningAlgorithm) -> Bool {
        guard algorithm.fits(kind) else { return false }
        if algorithm == .ed25519 {
            guard case .raw(let bytes) = message else { return false }
            return gh_pair_verify_message(handle, bytes, bytes.count, signature, signature.count) == 1
        }
        guard let digest = algorithm.hash(message) else { return false }
        return gh_pair_verify(
            handle, algorithm.padding, algorithm.digest.identifier, digest, digest.count, signature, signature.count)
            == 1
    }

    /// The longest text that RSAES-OAEP encrypts; nil where the key is not of RSA.
    /// - Source: RFC 8017, section 7.1.1.
    public func longestText(by digest: OAEPDigest) -> Int? {
        kind.modulusBits.map { $0 / 8 - 2 * digest.byteCount - 2 }
    }

    /// RSAES-OAEP. Nil where the key is not of RSA, or the text is too long.
    public func encrypt(_ clear: [UInt8], by digest: OAEPDigest) -> [UInt8]? {
        guard let bits = kind.modulusBits, let longest = longestText(by: digest), clear.count <= longest else {
            return nil
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: bits / 8) { buffer, count in
            count = max(
                0, Int(gh_oaep_encrypt(handle, digest.identifier, clear, clear.count, buffer.baseAddress, bits / 8)))
        }
        return bytes.isEmpty ? nil : bytes
    }
}
