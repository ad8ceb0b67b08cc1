import COpenSSL

/// A key of ours that signs tokens: made here, kept by a vault in DER, read back from there. Any thread may use one.
public final class PrivateKey: @unchecked Sendable {
    /// What kinds are made.
    public enum Kind: Sendable { case rsa2048, p384 }
    /// Not a key that can be read, or OpenSSL refused.
    public enum KeyError: Error, Sendable { case unusable, failed }

    // Owned, freed in deinit, never written after init.
    private let handle: OpaquePointer
    private static let room = 16 << 10

    /// A new one, from OpenSSL's generator.
    public init(_ kind: Kind) throws(KeyError) {
        let made: OpaquePointer? =
            switch kind {
            case .rsa2048: gh_make_rsa_key(2048)
            case .p384: gh_make_ec_key(EllipticCurve.p384.rawValue)
            }
        guard let made else { throw .failed }
        handle = made
    }

    /// PKCS #8, as `der` gives it.
    public init(der: [UInt8]) throws(KeyError) {
        guard let handle = gh_read_key_der(der, der.count) else { throw .unusable }
        self.handle = handle
    }

    /// - Parameter pem: not encrypted. Throws for anything else.
    public init(pem: [UInt8]) throws(KeyError) {
        guard let handle = gh_read_key(pem, pem.count) else { throw .unusable }
        self.handle = handle
    }

    deinit { EVP_PKEY_free(handle) }

    /// Whether it is one of RSA.
    public var isRSA: Bool { EVP_PKEY_get_base_id(handle) == EVP_PKEY_RSA }
    /// Bits of the modulus, or of the curve's order.
    public var bits: Int { Int(EVP_PKEY_get_bits(handle)) }

    /// PKCS #8 in DER. The caller zeroes it when it has done with it.
    public func der() throws(KeyError) -> [UInt8] {
        try written { gh_key_der(handle, $0, PrivateKey.room) }
    }

    /// In the form of JSON web signatures. The algorithm must be one of this kind of key.
    public func signature(of bytes: [UInt8], by algorithm: SignatureAlgorithm) throws(KeyError) -> [UInt8] {
        try written {
            gh_signature_make(
                handle, algorithm.kind, algorithm.digest, algorithm.curve?.width ?? 0, bytes, bytes.count, $0,
                PrivateKey.room)
        }
    }

    /// Modulus and exponent of an RSA key, big-endian.
    public func rsaNumbers() throws(KeyError) -> (modulus: [UInt8], exponent: [UInt8]) {
        (try number(OSSL_PKEY_PARAM_RSA_N, 0), try number(OSSL_PKEY_PARAM_RSA_E, 0))
    }

    /// The point of a key on that curve.
    public func coordinates(on curve: EllipticCurve) throws(KeyError) -> (x: [UInt8], y: [UInt8]) {
        (try number(OSSL_PKEY_PARAM_EC_PUB_X, curve.width), try number(OSSL_PKEY_PARAM_EC_PUB_Y, curve.width))
    }

    private func number(_ name: String, _ width: Int) throws(KeyError) -> [UInt8] {
        try written { gh_key_number(handle, name, width, $0, PrivateKey.room) }
    }

    /// What `write` puts into a buffer that is large enough for any key or signature; it gives the number of bytes.
    private func written(_ write: (UnsafeMutablePointer<UInt8>?) -> Int32) throws(KeyError) -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: PrivateKey.room) { buffer, count in
            count = max(0, Int(write(buffer.baseAddress)))
        }
        guard !bytes.isEmpty else { throw .failed }
        return bytes
    }
}
