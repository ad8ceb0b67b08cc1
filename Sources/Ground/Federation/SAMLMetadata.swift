import Crypto
import Formats
public import World

/// What a SAML identity provider says of itself: its name, and the certificates it signs with.
///
/// The metadata is what an administrator of the account uploads. It is not signed by anybody we know; its certificates are
/// keys, and nothing of them but the key is looked at, as AWS does.
/// - Source: SAML 2.0 metadata, sections 2.3.2 and 2.4.3; IAM API Reference, "CreateSAMLProvider".
public struct SAMLMetadata: Sendable {
    /// Not the description of an identity provider that signs.
    public struct Malformed: Error {}

    /// `entityID`: what its assertions call their issuer.
    public let entityID: String
    /// In DER.
    public let certificates: [[UInt8]]
    /// When it ends by its own word; nil where it does not say.
    public let validUntil: Instant?

    private static let certificateLimit = 16
    /// Ten million characters, some of them of more bytes than one, and the elements that these may be.
    private static let limits = XMLLimits(bytes: 16 << 20, elements: 200_000)

    /// Reads an `EntityDescriptor`.
    public init(_ text: String) throws(Malformed) {
        let space = SAMLNamespace.metadata
        guard let xml = try? XMLDocument(Array(text.utf8), limits: SAMLMetadata.limits),
            xml.is(xml.root, "EntityDescriptor", in: space), let name = xml.attribute("entityID", of: xml.root),
            (1...1024).contains(name.utf8.count), let role = xml.child(of: xml.root, "IDPSSODescriptor", in: space),
            xml.attribute("protocolSupportEnumeration", of: role)?.split(separator: " ").contains(
                Substring(SAMLNamespace.protocol)) ?? false,
            !xml.children(of: role, "SingleSignOnService", in: space).isEmpty
        else { throw Malformed() }
        let ends = [xml.root, role].compactMap { xml.attribute("validUntil", of: $0) }
        let times = ends.compactMap { Instant(iso8601: $0) }
        guard times.count == ends.count else { throw Malformed() }
        (entityID, validUntil) = (name, times.min())
        var certificates: [[UInt8]] = []
        for descriptor in xml.children(of: role, "KeyDescriptor", in: space)
        where xml.attribute("use", of: descriptor) ?? "signing" == "signing" {
            certificates += try SAMLMetadata.certificates(descriptor, xml)
        }
        guard (1...SAMLMetadata.certificateLimit).contains(certificates.count) else { throw Malformed() }
        self.certificates = certificates
    }

    private static func certificates(_ descriptor: Int, _ xml: XMLDocument) throws(Malformed) -> [[UInt8]] {
        let space = SAMLNamespace.signature
        guard let info = xml.child(of: descriptor, "KeyInfo", in: space) else { throw Malformed() }
        var certificates: [[UInt8]] = []
        for holder in xml.children(of: info, "X509Data", in: space) {
            for element in xml.children(of: holder, "X509Certificate", in: space) {
                let digits = xml.text(of: element).filter { $0 > 0x20 }
                guard let der = Base64.decode(digits), CertificateReading.holdsKey(der) else { throw Malformed() }
                certificates.append(der)
            }
        }
        return certificates
    }
}
