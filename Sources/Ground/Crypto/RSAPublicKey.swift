import COpenSSL

/// The public half of an RSA key, as people hand it over for SSH.
public final class RSAPublicKey {
    // Made by OpenSSL, freed with this object, never lent out.
    private let handle: OpaquePointer

    private init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { EVP_PKEY_free(handle) }

    /// From its two numbers, greatest byte first; nil where no RSA key has them.
    public convenience init?(modulus: [UInt8], exponent: [UInt8]) {
        guard let handle = gh_rsa_public_key(modulus, modulus.count, exponent, exponent.count) else { return nil }
        self.init(handle)
        guard gh_check_public_key(handle) == 1 else { return nil }
    }

    /// From PEM, whether `PUBLIC KEY` or `RSA PUBLIC KEY`; nil where it is no good RSA key.
    public convenience init?(pem: [UInt8]) {
        guard let handle = gh_read_rsa_public_key(pem, pem.count) else { return nil }
        self.init(handle)
        guard gh_check_public_key(handle) == 1 else { return nil }
    }

    /// Of the modulus.
    public var bits: Int { Int(EVP_PKEY_get_bits(handle)) }
    /// Without leading zeros.
    public var modulus: [UInt8] { bytesOf { gh_rsa_modulus(handle, $0, $1) } }
    /// Without leading zeros.
    public var exponent: [UInt8] { bytesOf { gh_rsa_exponent(handle, $0, $1) } }
    /// X.509's `PUBLIC KEY`.
    public var pem: [UInt8] { bytesOf { gh_public_key_pem(handle, $0, $1) } }
}
