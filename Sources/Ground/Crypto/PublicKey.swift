import COpenSSL

/// A key that signatures are checked with. Any thread may use one.
public final class PublicKey: @unchecked Sendable {
    // Owned, freed in deinit, never written after init.
    private let handle: OpaquePointer
    private let curve: EllipticCurve?

    /// Shorter moduli are broken; longer ones only cost time.
    private static let moduli = 256...1024

    /// An RSA key of 2,048 to 8,192 bits by its big-endian numbers. Nil where they are none: an exponent is odd, and not
    /// 1, with which everything is its own signature.
    public init?(modulus: [UInt8], exponent: [UInt8]) {
        let modulus = Array(modulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        guard PublicKey.moduli.contains(modulus.count), (1...8).contains(exponent.count), exponent != [1],
            exponent[exponent.count - 1] & 1 == 1,
            let handle = gh_rsa_public_key(modulus, modulus.count, exponent, exponent.count)
        else { return nil }
        (self.handle, curve) = (handle, nil)
    }

    /// A point of a curve by its coordinates. Nil where it does not lie on the curve.
    public init?(on curve: EllipticCurve, x: [UInt8], y: [UInt8]) {
        guard x.count == curve.width, y.count == curve.width else { return nil }
        let point = [4] + x + y
        guard let handle = gh_ec_public_key(curve.rawValue, point, point.count) else { return nil }
        (self.handle, self.curve) = (handle, curve)
    }

    deinit { EVP_PKEY_free(handle) }

    /// Whether the signature over `bytes` is good. The algorithm must be one of this kind of key.
    public func verifies(_ signature: [UInt8], of bytes: [UInt8], by algorithm: SignatureAlgorithm) -> Bool {
        guard algorithm.curve == curve else { return false }
        return gh_signature_verify(
            handle, algorithm.kind, algorithm.digest, curve?.width ?? 0, bytes, bytes.count, signature, signature.count)
            == 1
    }
}
