import COpenSSL

/// A certificate authority of this installation alone, so that clients on the host can speak TLS to the server and
/// verify it. Its key signs server certificates and nothing else.
///
/// No file is touched here: PEM comes in and goes out. Times are seconds since 1970.
/// - Source: RFC 5280, 4.2.
public struct LocalAuthority: Sendable {
    /// What clients put into their trust store.
    public let certificate: [UInt8]
    /// PKCS #8, not encrypted: the caller keeps it where only the server can read it.
    public let privateKey: [UInt8]

    private static let lifetime: Int64 = 3650 * 86_400
    /// Clients' clocks may be a little behind.
    static let backdating: Int64 = 3600

    /// Takes up an authority made before.
    /// - Throws: `CertificateError.unusable` where the two are not PEM or do not belong together.
    public init(certificate: [UInt8], privateKey: [UInt8]) throws(CertificateError) {
        let parsed = try Certificate(pem: certificate)
        let key = try CertificateKey(pem: privateKey)
        guard parsed.belongs(to: key) else { throw .unusable }
        (self.certificate, self.privateKey) = (certificate, privateKey)
    }

    /// Makes a new one, valid for ten years from `now`.
    /// - Parameter domains: where they are given, what it signs is good for servers of these domains alone, whoever has its key.
    public init(now: Int64, onlyFor domains: [String] = []) throws(CertificateError) {
        let key = try CertificateKey()
        let made = try Certificate(
            name: domains.isEmpty ? "Gatehouse Local CA" : "Gatehouse Proxy CA", key: key,
            from: now - LocalAuthority.backdating,
            until: now + LocalAuthority.lifetime)
        try made.setIssuer(made)
        // Path length 0: it may not make further authorities.
        try made.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: made)
        try made.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: made)
        try made.add(NID_subject_key_identifier, "hash", issuer: made)
        if !domains.isEmpty {
            for domain in domains where !LocalAuthority.isName(domain) { throw .badName(domain) }
            try made.add(NID_ext_key_usage, "serverAuth", issuer: made)
            try made.add(NID_name_constraints, LocalAuthority.constraints(domains), issuer: made)
        }
        try made.sign(with: key)
        (certificate, privateKey) = (try made.pem(), try key.pem())
    }

    /// These domains with all below them, and no addresses, which a rule about names leaves free.
    /// - Source: RFC 5280, 4.2.1.10.
    private static func constraints(_ domains: [String]) -> String {
        let addresses = ["0.0.0.0/0.0.0.0", "0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0"]
        let rules = domains.map { "permitted;DNS:\($0)" } + addresses.map { "excluded;IP:\($0)" }
        return "critical," + rules.joined(separator: ",")
    }

    /// When `certificate` ends.
    public var expires: Int64 { (try? Certificate(pem: certificate))?.end ?? 0 }
}

/// Why a certificate could not be read or made.
public enum CertificateError: Error, Sendable {
    /// Not PEM, encrypted, or certificate and key do not match.
    case unusable
    /// A name that cannot stand in a certificate.
    case badName(String)
    /// OpenSSL refused.
    case failed
}
