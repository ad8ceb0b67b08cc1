import COpenSSL

/// Certificates of others, of which only the key counts.
public enum CertificateReading {
    /// Whether these bytes are one certificate in DER, with a key that can be used.
    public static func holdsKey(_ der: [UInt8]) -> Bool {
        guard let key = gh_certificate_key(der, der.count) else { return false }
        defer { EVP_PKEY_free(key) }
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA: return EVP_PKEY_get_bits(key) >= 1024
        case EVP_PKEY_EC: return true
        default: return false
        }
    }
}
