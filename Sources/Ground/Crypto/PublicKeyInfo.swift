import COpenSSL

/// The public half of a key pair, from X.509's SubjectPublicKeyInfo. Any thread may use one.
public final class PublicKeyInfo: @unchecked Sendable {
    // Owned, freed in deinit, never written after init.
    let handle: OpaquePointer
    /// What it is.
    public let kind: KeyPairKind

    /// From DER, all of it; nil where it is no good key of a kind we know, such as a point off its curve.
    public init?(der: [UInt8]) {
        guard let handle = gh_pair_read_public(der, der.count) else { return nil }
        let identifier = gh_pair_kind(handle)
        guard let kind = KeyPairKind.allCases.first(where: { $0.identifier == identifier }) else {
            EVP_PKEY_free(handle)
            return nil
        }
        (self.handle, self.kind) = (handle, kind)
    }

    deinit { EVP_PKEY_free(handle) }

    /// Whether the signature is good. False too where algorithm, message and key do not fit together, and for Ed25519ph,
    /// which OpenSSL 3.0 cannot check: refuse that before you ask.
    public func verifies(_ signature: [UInt8], of message: SignedMessage, by algorithm: SigningAlgorithm) -> Bool {
        guard algorithm.fits(kind), algorithm != .ed25519ph else { return false }
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
