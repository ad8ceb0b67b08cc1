import Federation
import Formats
import Testing
import World

/// Defends: metadata is the description of one provider that signs, and bounded.
@Suite struct SAMLMetadataTests {
    private let certificate: [UInt8]

    init() throws { certificate = try SAMLForge().certificate }

    private func key(_ use: String? = "signing", _ body: String? = nil) -> String {
        "<md:KeyDescriptor" + (use.map { #" use="\#($0)""# } ?? "")
            + #"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>"#
            + (body ?? Base64.encode(certificate))
            + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    }

    private func text(_ keys: String, entity: String = "https://idp.example.com", more: String = "") -> String {
        #"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="\#(entity)"\#(more)>"#
            + #"<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">\#(keys)"#
            + #"<md:SingleSignOnService Binding="b" Location="https://idp.example.com/sso"/></md:IDPSSODescriptor>"#
            + "</md:EntityDescriptor>"
    }

    private func isRefused(_ text: String) -> Bool { (try? SAMLMetadata(text)) == nil }

    @Test func whatAProviderSays() throws {
        let metadata = try SAMLMetadata(
            text(key() + key(nil) + key("encryption"), more: #" validUntil="2030-01-02T03:04:05Z""#))
        #expect(metadata.entityID == "https://idp.example.com")
        #expect(metadata.certificates == [certificate, certificate])
        #expect(metadata.validUntil == Instant(iso8601: "2030-01-02T03:04:05Z"))
        #expect(try SAMLMetadata(text(key())).validUntil == nil)
    }

    @Test func theEarlierEndCounts() throws {
        let both = text(key(), more: #" validUntil="2031-01-01T00:00:00Z""#)
            .replacing("<md:IDPSSODescriptor", with: #"<md:IDPSSODescriptor validUntil="2030-01-01T00:00:00Z""#)
        #expect(try SAMLMetadata(both).validUntil == Instant(iso8601: "2030-01-01T00:00:00Z"))
        #expect(isRefused(text(key(), more: #" validUntil="some day""#)))
    }

    @Test func certificatesAreKeysThatSign() {
        let folded = Base64.encode(certificate).enumerated().map { $0 % 64 == 63 ? "\($1)\n  " : "\($1)" }.joined()
        #expect(!isRefused(text(key("signing", folded))))
        for bad in ["", "!", "AAAA", Base64.encode(certificate + [0]), Base64.encode(Array(certificate.dropLast()))] {
            #expect(isRefused(text(key("signing", bad))), "\(bad)")
        }
        #expect(isRefused(text("")))
        #expect(isRefused(text(key("encryption"))))
        #expect(!isRefused(text(String(repeating: key(), count: 16))))
        #expect(isRefused(text(String(repeating: key(), count: 17))))
    }

    @Test func otherDocumentsAreRefused() {
        #expect(isRefused(""))
        #expect(isRefused(text(key(), entity: "")))
        #expect(!isRefused(text(key(), entity: String(repeating: "a", count: 1024))))
        #expect(isRefused(text(key(), entity: String(repeating: "a", count: 1025))))
        #expect(isRefused(text(key()).replacing("IDPSSODescriptor", with: "SPSSODescriptor")))
        #expect(isRefused(text(key()).replacing("SAML:2.0:protocol", with: "SAML:1.1:protocol")))
        #expect(isRefused(text(key()).replacing("SingleSignOnService", with: "SingleLogoutService")))
        #expect(isRefused(text(key()).replacing(" entityID=", with: " entity=")))
        #expect(isRefused(#"<!DOCTYPE a [<!ENTITY x "y">]>"# + text(key())))
        let two = text(key()).replacing("</md:IDPSSODescriptor>", with: "</md:IDPSSODescriptor><md:IDPSSODescriptor/>")
        #expect(isRefused(two))
    }
}
