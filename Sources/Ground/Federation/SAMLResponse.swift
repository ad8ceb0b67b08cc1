import CXMLSec
import Formats

/// A SAML response, judged: what is left of it is what a key of the provider signed.
///
/// The bytes that the signature's digest was taken of are handed on, and everything is read from those: an assertion that
/// was wrapped around, put beside or slipped into the signed one is never seen.
/// - Source: SAML 2.0 core, section 5; "On Breaking SAML: Be Whoever You Want to Be", USENIX Security 2012, for the attacks.
public struct SAMLResponse: Sendable {
    /// Why nothing of it counts.
    public enum Refusal: Error, Hashable, Sendable {
        /// No response with one assertion.
        case malformed
        /// The provider says that it did not authenticate anybody.
        case unsuccessful
        case unsigned
        /// A signature or encryption that is too weak, or not of SAML's form.
        case algorithm
        case signature
        /// No private key of the provider opens it.
        case encryption
        /// The provider's assertions must be encrypted, and this is not.
        case notEncrypted
    }

    /// The one that was signed.
    public let assertion: SAMLAssertion
    /// SHA-256 of what was signed, by which a second use is known: whoever cannot sign cannot make another.
    public let digest: [UInt8]
    /// Where the response was to be sent, where it says so.
    public let destination: String?

    /// - Parameter keys: of the account, to open encrypted assertions; in DER.
    public init(
        _ xml: [UInt8], signedBy certificates: [[UInt8]], openedBy keys: [[UInt8]], requiresEncryption: Bool
    ) throws(Refusal) {
        let (signed, digest) = try SAMLResponse.signed(xml, certificates, keys, requiresEncryption)
        // Neither can make a bad response good, so it does not matter whether they were signed.
        guard let outer = try? XMLDocument(xml) else { throw .malformed }
        let space = SAMLNamespace.protocol
        guard let status = outer.child(of: outer.root, "Status", in: space),
            let code = outer.child(of: status, "StatusCode", in: space)
        else { throw .malformed }
        guard outer.attribute("Value", of: code) == "urn:oasis:names:tc:SAML:2.0:status:Success" else {
            throw .unsuccessful
        }
        destination = outer.attribute("Destination", of: outer.root)
        guard outer.attribute("Version", of: outer.root) == "2.0", let document = try? XMLDocument(signed),
            let assertion = SAMLAssertion(in: document)
        else { throw .malformed }
        (self.assertion, self.digest) = (assertion, digest)
    }

    /// What a response claims, before anybody looked whether it was signed: good for finding out whose key to check it with.
    /// Nil where its assertion is encrypted, or cannot be read.
    public static func claimed(by xml: [UInt8]) -> SAMLAssertion? {
        (try? XMLDocument(xml)).flatMap { SAMLAssertion(in: $0) }
    }

    /// The C object lives as long as the call; its result is copied.
    private static func signed(
        _ xml: [UInt8], _ certificates: [[UInt8]], _ keys: [[UInt8]], _ requiresEncryption: Bool
    ) throws(Refusal) -> (bytes: [UInt8], digest: [UInt8]) {
        guard let saml = gh_saml_new() else { throw .malformed }
        defer { gh_saml_free(saml) }
        for certificate in certificates { _ = gh_saml_add_certificate(saml, certificate, certificate.count) }
        for key in keys { _ = gh_saml_add_private_key(saml, key, key.count) }
        let result = gh_saml_judge(saml, xml, xml.count, requiresEncryption ? 1 : 0)
        switch result {
        case GH_SAML_GOOD: break
        case GH_SAML_UNSIGNED: throw .unsigned
        case GH_SAML_ALGORITHM: throw .algorithm
        case GH_SAML_SIGNATURE: throw .signature
        case GH_SAML_ENCRYPTION: throw .encryption
        case GH_SAML_NOT_ENCRYPTED: throw .notEncrypted
        default: throw .malformed
        }
        var count = 0
        guard let bytes = gh_saml_bytes(saml, &count) else { throw .malformed }
        var digest = [UInt8](repeating: 0, count: Int(GH_SAML_DIGEST))
        gh_saml_digest(saml, &digest)
        return (Array(UnsafeBufferPointer(start: bytes, count: count)), digest)
    }
}
