import COpenSSL
import CSystem

/// A server's certificate with its key, both PEM; the chain begins with the server's own.
public struct ServerCertificate: Sendable {
    public let chain: [UInt8]
    public let privateKey: [UInt8]
    /// Seconds since 1970.
    public let expires: Int64
}

extension LocalAuthority {
    /// The longest that Apple's clients accept from a private authority is 825 days.
    private static let serverLifetime: Int64 = 820 * 86_400

    private static let hostLifetime: Int64 = 30 * 86_400 - backdating

    /// Names and addresses every server certificate has.
    private static let standing = [
        "localhost", "*.localhost", "s3.localhost", "*.s3.localhost", "127.0.0.1", "::1",
    ]

    /// Issues a certificate for `localhost`, its subdomains, loopback and `names` (DNS names, wildcards, IP literals).
    /// It ends after 820 days or with the authority.
    public func issue(names: [String] = [], now: Int64) throws(CertificateError) -> ServerCertificate {
        try issue(
            "localhost", try LocalAuthority.alternatives(LocalAuthority.standing + names),
            for: LocalAuthority.serverLifetime, now: now)
    }

    /// Issues a certificate for one host, of thirty days: servers that make them as they need them make new ones.
    public func issue(host: String, now: Int64) throws(CertificateError) -> ServerCertificate {
        guard gh_address_kind(host) == 0, !host.hasPrefix("*") else { throw .badName(host) }
        // A common name has room for 64 characters, hosts are longer: nobody reads it where alternative names are.
        return try issue(
            "Gatehouse", try LocalAuthority.alternatives([host]), for: LocalAuthority.hostLifetime, now: now)
    }

    private func issue(
        _ name: String, _ alternatives: String, for lifetime: Int64, now: Int64
    ) throws(CertificateError) -> ServerCertificate {
        let authority = try Certificate(pem: certificate)
        let authorityKey = try CertificateKey(pem: privateKey)
        let key = try CertificateKey()
        let end = min(now + lifetime, authority.end)
        let made = try Certificate(name: name, key: key, from: now - LocalAuthority.backdating, until: end)
        try made.setIssuer(authority)
        try made.add(NID_basic_constraints, "critical,CA:FALSE", issuer: authority)
        try made.add(NID_key_usage, "critical,digitalSignature", issuer: authority)
        try made.add(NID_ext_key_usage, "serverAuth", issuer: authority)
        try made.add(NID_subject_key_identifier, "hash", issuer: authority)
        try made.add(NID_authority_key_identifier, "keyid:always", issuer: authority)
        try made.add(NID_subject_alt_name, alternatives, issuer: authority)
        try made.sign(with: authorityKey)
        return ServerCertificate(chain: try made.pem() + certificate, privateKey: try key.pem(), expires: end)
    }

    /// `DNS:…,IP:…`, each once.
    private static func alternatives(_ names: [String]) throws(CertificateError) -> String {
        var seen: Set<String> = []
        var entries: [String] = []
        for name in names where seen.insert(name).inserted {
            if gh_address_kind(name) != 0 {
                entries.append("IP:\(name)")
            } else {
                guard isName(name) else { throw .badName(name) }
                entries.append("DNS:\(name)")
            }
        }
        return entries.joined(separator: ",")
    }

    /// Letters, digits, hyphens and dots, with a star as first label. Nothing that OpenSSL's notation gives a meaning.
    static func isName(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253
            && labels.enumerated().allSatisfy { index, label in
                if label == "*" { return index == 0 && labels.count > 1 }
                return (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
                        default: false
                        }
                    }
            }
    }
}
