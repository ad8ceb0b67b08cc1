import COpenSSL

/// Signs documents with an RSA key that a local authority vouches for, as EC2 signs an instance's identity document.
///
/// The key lives as long as this object; whoever verifies needs the authority's certificate alone.
/// - Source: EC2 User Guide, "Verify the instance identity document"; RFC 2315 (PKCS #7), RFC 8017 (RSA).
public final class DocumentSigner: @unchecked Sendable {
    // OpenSSL's keys and certificates may be read by many threads at once; nothing here changes them after `init`.
    private let key: CertificateKey
    private let signer: Certificate
    /// PEM.
    public let certificate: [UInt8]

    private static let lifetime: Int64 = 365 * 86_400

    /// Makes a key and has its certificate issued. - Parameter now: seconds since 1970.
    public init(_ authority: LocalAuthority, name: String, now: Int64) throws(CertificateError) {
        let issuer = try Certificate(pem: authority.certificate)
        key = try CertificateKey(rsaBits: 2048)
        signer = try Certificate(
            name: name, key: key, from: now - LocalAuthority.backdating,
            until: min(now + DocumentSigner.lifetime, issuer.end))
        try signer.setIssuer(issuer)
        try signer.add(NID_basic_constraints, "critical,CA:FALSE", issuer: issuer)
        try signer.add(NID_key_usage, "critical,digitalSignature", issuer: issuer)
        try signer.add(NID_ext_key_usage, "emailProtection", issuer: issuer)
        try signer.add(NID_subject_key_identifier, "hash", issuer: issuer)
        try signer.add(NID_authority_key_identifier, "keyid:always", issuer: issuer)
        try signer.sign(with: try CertificateKey(pem: authority.privateKey))
        certificate = try signer.pem()
    }

    /// RSA with SHA-256 over the document.
    public func signature(_ document: [UInt8]) throws(CertificateError) -> [UInt8] {
        try pemBytes { gh_sign_document(key.handle, document, document.count, $0, $1) }
    }

    /// A PKCS #7 message (DER) that holds the document and the certificate.
    public func message(_ document: [UInt8]) throws(CertificateError) -> [UInt8] {
        try pemBytes { gh_sign_pkcs7(signer.handle, key.handle, document, document.count, $0, $1) }
    }
}
