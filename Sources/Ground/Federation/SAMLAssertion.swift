import Formats
public import World

/// What an identity provider says of somebody, read from signed bytes.
/// - Source: SAML 2.0 core, section 2.
public struct SAMLAssertion: Sendable, Hashable {
    /// A name, such as `_93af655219464fb403b34436cfb0c5cb1d9a5502`, and how it was made.
    public struct Subject: Sendable, Hashable {
        public let name: String
        /// A URI; `unspecified` where the assertion does not say.
        public let format: String
    }

    /// How whoever brings the assertion is taken for its subject: he brings it.
    public struct Confirmation: Sendable, Hashable {
        public let recipient: String
        public let notOnOrAfter: Instant
        public let notBefore: Instant?
    }

    /// As its issuer names it.
    public let id: String
    /// The provider's `entityID`.
    public let issuer: String
    /// When it was made.
    public let issued: Instant
    /// Whom it speaks of.
    public let subject: Subject
    /// Who may bring it, where, until when.
    public let confirmation: Confirmation
    /// The window of its conditions; nil where it has none.
    public let notBefore: Instant?
    /// Its end.
    public let notOnOrAfter: Instant?
    /// The audiences of each restriction: of every list, one must be ours.
    public let audiences: [[String]]
    /// When the session at the provider ends.
    public let sessionEnds: Instant?
    /// By their names; the values in their order.
    public let attributes: [String: [String]]

    private static let space = SAMLNamespace.assertion
    private static let bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    private static let unspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"

    /// The assertion that the document is, or the one that lies directly in it. Nil where something that is needed is
    /// missing, is there twice, or cannot be read.
    init?(in xml: XMLDocument) {
        let space = SAMLAssertion.space
        let isBare = xml.is(xml.root, "Assertion", in: space)
        guard let top = isBare ? xml.root : xml.child(of: xml.root, "Assertion", in: space),
            xml.attribute("Version", of: top) == "2.0", let id = xml.attribute("ID", of: top), !id.isEmpty,
            let issued = SAMLAssertion.time("IssueInstant", of: top, xml), let issued,
            let issuer = xml.child(of: top, "Issuer", in: space),
            let subject = xml.child(of: top, "Subject", in: space),
            let name = xml.child(of: subject, "NameID", in: space),
            let confirmation = SAMLAssertion.confirmation(subject, xml),
            xml.children(of: top, "Conditions", in: space).count <= 1
        else { return nil }
        (self.id, self.issued, self.confirmation) = (id, issued, confirmation)
        self.issuer = xml.words(of: issuer)
        self.subject = Subject(
            name: xml.words(of: name), format: xml.attribute("Format", of: name) ?? SAMLAssertion.unspecified)
        guard !self.subject.name.isEmpty, !self.issuer.isEmpty else { return nil }
        if let conditions = xml.child(of: top, "Conditions", in: space) {
            guard let notBefore = SAMLAssertion.time("NotBefore", of: conditions, xml),
                let notOnOrAfter = SAMLAssertion.time("NotOnOrAfter", of: conditions, xml)
            else { return nil }
            (self.notBefore, self.notOnOrAfter) = (notBefore, notOnOrAfter)
            audiences = xml.children(of: conditions, "AudienceRestriction", in: space).map { restriction in
                xml.children(of: restriction, "Audience", in: space).map { xml.words(of: $0) }
            }
        } else {
            (notBefore, notOnOrAfter, audiences) = (nil, nil, [])
        }
        var ends: [Instant] = []
        for statement in xml.children(of: top, "AuthnStatement", in: space) {
            guard let end = SAMLAssertion.time("SessionNotOnOrAfter", of: statement, xml) else { return nil }
            if let end { ends.append(end) }
        }
        sessionEnds = ends.min()
        guard let attributes = SAMLAssertion.attributes(top, xml) else { return nil }
        self.attributes = attributes
    }

    /// Nil where the attribute is no time; nil inside where there is none.
    private static func time(_ name: String, of element: Int, _ xml: XMLDocument) -> Instant?? {
        guard let text = xml.attribute(name, of: element) else { return .some(nil) }
        return Instant(iso8601: text).map { .some($0) } ?? nil
    }

    private static func confirmation(_ subject: Int, _ xml: XMLDocument) -> Confirmation? {
        for element in xml.children(of: subject, "SubjectConfirmation", in: space)
        where xml.attribute("Method", of: element) == bearer {
            guard let facts = xml.child(of: element, "SubjectConfirmationData", in: space),
                let recipient = xml.attribute("Recipient", of: facts),
                let end = time("NotOnOrAfter", of: facts, xml), let end,
                let start = time("NotBefore", of: facts, xml)
            else { continue }
            return Confirmation(recipient: recipient, notOnOrAfter: end, notBefore: start)
        }
        return nil
    }

    /// An attribute that is there twice has the values of both.
    private static func attributes(_ top: Int, _ xml: XMLDocument) -> [String: [String]]? {
        var attributes: [String: [String]] = [:]
        for statement in xml.children(of: top, "AttributeStatement", in: space) {
            for attribute in xml.children(of: statement, "Attribute", in: space) {
                guard let name = xml.attribute("Name", of: attribute) else { return nil }
                for value in xml.children(of: attribute, "AttributeValue", in: space) {
                    // A value may be a name of its own, as eduPersonTargetedID is.
                    let inner = xml.children(of: value)
                    guard inner.count <= 1 else { return nil }
                    attributes[name, default: []].append(xml.words(of: inner.first ?? value))
                }
            }
        }
        return attributes
    }
}
