import COpenSSL

/// An X.509 certificate while it is read or made.
final class Certificate {
    let handle: OpaquePointer

    init(pem: [UInt8]) throws(CertificateError) {
        guard let handle = gh_read_certificate(pem, pem.count) else { throw .unusable }
        self.handle = handle
    }

    /// A certificate without issuer and extensions yet, with a random serial number.
    init(name: String, key: CertificateKey, from: Int64, until: Int64) throws(CertificateError) {
        guard let handle = X509_new() else { throw .failed }
        self.handle = handle
        let text = [UInt8](name.utf8)
        guard X509_set_version(handle, 2) == 1, gh_set_random_serial(handle) == 1,
            gh_set_validity(handle, from, until) == 1,
            X509_set_pubkey(handle, key.handle) == 1,
            X509_NAME_add_entry_by_txt(
                X509_get_subject_name(handle), "CN", MBSTRING_UTF8, text, Int32(text.count), -1, 0) == 1
        else { throw .failed }
    }

    deinit { X509_free(handle) }

    func setIssuer(_ issuer: Certificate) throws(CertificateError) {
        guard X509_set_issuer_name(handle, X509_get_subject_name(issuer.handle)) == 1 else { throw .failed }
    }

    /// Adds an extension written in OpenSSL's notation.
    func add(_ identifier: Int32, _ value: String, issuer: Certificate) throws(CertificateError) {
        guard gh_add_extension(handle, issuer.handle, identifier, value) == 1 else { throw .failed }
    }

    func sign(with key: CertificateKey) throws(CertificateError) {
        guard X509_sign(handle, key.handle, EVP_sha256()) > 0 else { throw .failed }
    }

    func belongs(to key: CertificateKey) -> Bool { X509_check_private_key(handle, key.handle) == 1 }

    var end: Int64 { gh_certificate_end(handle) }

    func pem() throws(CertificateError) -> [UInt8] {
        try pemBytes { gh_certificate_pem(handle, $0, $1) }
    }
}

/// A P-256 key for certificates.
final class CertificateKey {
    let handle: OpaquePointer

    /// A new one, from OpenSSL's generator.
    init() throws(CertificateError) {
        guard let handle = gh_make_p256_key() else { throw .failed }
        self.handle = handle
    }

    /// A new RSA key, for signatures that AWS makes with one.
    init(rsaBits: UInt32) throws(CertificateError) {
        guard let handle = gh_make_rsa_key(rsaBits) else { throw .failed }
        self.handle = handle
    }

    init(pem: [UInt8]) throws(CertificateError) {
        guard let handle = gh_read_key(pem, pem.count) else { throw .unusable }
        self.handle = handle
    }

    deinit { EVP_PKEY_free(handle) }

    func pem() throws(CertificateError) -> [UInt8] {
        try pemBytes { gh_key_pem(handle, $0, $1) }
    }
}

/// What `write` puts into a buffer large enough for our certificates; it gives the number of bytes.
func pemBytes(_ write: (UnsafeMutableRawPointer?, Int) -> Int32) throws(CertificateError) -> [UInt8] {
    let room = 16 << 10
    var written: Int32 = -1
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        written = write(UnsafeMutableRawPointer(buffer.baseAddress), room)
        count = written > 0 && Int(written) <= room ? Int(written) : 0
    }
    guard !bytes.isEmpty else { throw .failed }
    return bytes
}
