import Crypto
import Federation
import Formats

/// A SAML provider of the tests' own, which signs with Gatehouse's own keys.
///
/// Its texts are written as exclusive canonicalisation writes them, so that the text of an element is what is signed.
/// - Source: Exclusive XML Canonicalization 1.0; XML Signature Syntax and Processing 1.1.
struct SAMLForge {
    /// In DER.
    let certificate: [UInt8]
    private let key: PrivateKey

    static let assertionSpace = "urn:oasis:names:tc:SAML:2.0:assertion"
    static let space = "urn:oasis:names:tc:SAML:2.0:protocol"

    init() throws {
        let authority = try LocalAuthority(now: 1_767_323_045)
        key = try PrivateKey(pem: authority.privateKey)
        let lines = String(decoding: authority.certificate, as: UTF8.self).split(separator: "\n")
        certificate = Base64.decode(lines.filter { !$0.hasPrefix("-") }.joined()) ?? []
    }

    /// What an assertion says, each part as XML.
    struct Parts {
        var id = "_a"
        var name = "alice"
        var attributes = ""
        var conditions =
            #"<saml:Conditions NotBefore="2026-01-02T03:04:00Z" NotOnOrAfter="2026-01-02T03:09:00Z">"#
            + "<saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction>"
            + "</saml:Conditions>"
        var confirmation =
            #"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData "#
            + #"NotOnOrAfter="2026-01-02T03:09:00Z" Recipient="https://signin.aws.amazon.com/saml">"#
            + "</saml:SubjectConfirmationData></saml:SubjectConfirmation>"
        var statement =
            #"<saml:AuthnStatement AuthnInstant="2026-01-02T03:04:05Z" SessionNotOnOrAfter="2026-01-02T04:04:05Z">"#
            + "</saml:AuthnStatement>"
    }

    /// An assertion that nobody signed.
    static func assertion(_ change: (inout Parts) -> Void = { _ in }) -> String {
        var parts = Parts()
        change(&parts)
        return
            #"<saml:Assertion xmlns:saml="\#(assertionSpace)" ID="\#(parts.id)" IssueInstant="2026-01-02T03:04:05Z" "#
            + #"Version="2.0"><saml:Issuer>https://idp.example.com</saml:Issuer><saml:Subject>"#
            + #"<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">\#(parts.name)</saml:NameID>"#
            + "\(parts.confirmation)</saml:Subject>\(parts.conditions)\(parts.statement)"
            + "<saml:AttributeStatement>\(parts.attributes)</saml:AttributeStatement></saml:Assertion>"
    }

    /// An attribute with its values.
    static func attribute(_ name: String, _ values: String...) -> String {
        #"<saml:Attribute Name="\#(name)">"#
            + values.map { "<saml:AttributeValue>\($0)</saml:AttributeValue>" }.joined() + "</saml:Attribute>"
    }

    /// A response with these elements in it, that nobody signed.
    static func response(_ elements: String, before: String = "", status: String = "Success") -> String {
        #"<samlp:Response xmlns:samlp="\#(space)" Destination="https://signin.aws.amazon.com/saml" ID="_r" "#
            + #"IssueInstant="2026-01-02T03:04:05Z" Version="2.0"><saml:Issuer xmlns:saml="\#(assertionSpace)">"#
            + "https://idp.example.com</saml:Issuer>\(before)<samlp:Status><samlp:StatusCode "
            + #"Value="urn:oasis:names:tc:SAML:2.0:status:\#(status)"></samlp:StatusCode></samlp:Status>\#(elements)"#
            + "</samlp:Response>"
    }

    /// The signature over an element with that id. - Parameter changes: made before the key signs.
    func signature(over element: String, id: String, _ changes: (inout String) -> Void = { _ in }) throws -> String {
        let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
        let digest = Base64.encode(SHA256.hash(Array(element.utf8)))
        var info =
            #"<ds:SignedInfo><ds:CanonicalizationMethod "#
            + #"Algorithm="\#(exclusive)"></ds:CanonicalizationMethod><ds:SignatureMethod "#
            + #"Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></ds:SignatureMethod>"#
            + ##"<ds:Reference URI="#\##(id)"><ds:Transforms><ds:Transform "##
            + #"Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform><ds:Transform "#
            + #"Algorithm="\#(exclusive)"></ds:Transform></ds:Transforms><ds:DigestMethod "#
            + #"Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>"#
            + "<ds:DigestValue>\(digest)</ds:DigestValue></ds:Reference></ds:SignedInfo>"
        changes(&info)
        // By itself it bears the namespace that it has from around it.
        let space = #" xmlns:ds="http://www.w3.org/2000/09/xmldsig#""#
        let canonical = info.replacing("<ds:SignedInfo", with: "<ds:SignedInfo" + space)
        let value = Base64.encode(try key.signature(of: Array(canonical.utf8), by: .es256))
        return "<ds:Signature\(space)>\(info)"
            + "<ds:SignatureValue>\(value)</ds:SignatureValue></ds:Signature>"
    }

    /// The element with the signature after its issuer, where SAML has it.
    func signed(_ element: String, id: String = "_a", _ changes: (inout String) -> Void = { _ in }) throws -> String {
        SAMLForge.put(try signature(over: element, id: id, changes), into: element)
    }

    /// After the first issuer.
    static func put(_ text: String, into element: String) -> String {
        element.replacing("</saml:Issuer>", with: "</saml:Issuer>" + text, maxReplacements: 1)
    }

    /// A response with one signed assertion.
    func good(_ change: (inout Parts) -> Void = { _ in }) throws -> String {
        SAMLForge.response(try signed(SAMLForge.assertion(change)))
    }

    func read(_ xml: String, requiresEncryption: Bool = false) throws(SAMLResponse.Refusal) -> SAMLResponse {
        try SAMLResponse(
            Array(xml.utf8), signedBy: [certificate], openedBy: [], requiresEncryption: requiresEncryption)
    }

    /// Why a response is refused; nil where it is taken.
    func refusal(_ xml: String, requiresEncryption: Bool = false) -> SAMLResponse.Refusal? {
        do throws(SAMLResponse.Refusal) {
            _ = try read(xml, requiresEncryption: requiresEncryption)
            return nil
        } catch { return error }
    }
}
