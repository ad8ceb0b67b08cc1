import AWS
import Door
import Federation
import Formats
import Testing
import World

@testable import STSService

/// Defends that an assertion, which anybody may send, costs no reading of a provider's whole metadata.
@Suite struct SAMLDocumentsTests {
    private let reads = Lock(0)
    private let documents = SAMLDocuments()
    private let account: AccountID
    private let text: String

    init() throws {
        account = try #require(AccountID("111122223333"))
        let certificate = Base64.encode(try SAMLForge().certificate)
        text =
            #"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">"#
            + #"<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">"#
            + #"<md:KeyDescriptor><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>"#
            + "<ds:X509Certificate>\(certificate)</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            + #"<md:SingleSignOnService Binding="b" Location="https://idp.example.com/sso"/></md:IDPSSODescriptor>"#
            + "</md:EntityDescriptor>"
    }

    /// - Parameter text: nil where the provider is gone when its metadata is read.
    private func provider(_ id: String, _ number: Int64, _ text: String?) -> SAMLIdentity {
        let document = SAMLDocument(of: id, number: number)
        return SAMLIdentity(
            arn: "arn:aws:iam::\(account):saml-provider/\(id)", document: document, name: id, account: account,
            metadata: { [reads] in
                reads.withLock { $0 += 1 }
                return text.map { (document, $0) }
            }, requiresEncryption: false, validUntil: Instant(seconds: 4_000_000_000), privateKeys: { [] })
    }

    private func issuer(_ provider: SAMLIdentity) throws -> String? {
        try documents.metadata(of: provider)?.entityID
    }

    @Test func whatIsKnownIsNotReadAgain() throws {
        let first = provider("S1", 1, text)
        for _ in 0..<3 { #expect(try issuer(first) == "https://idp.example.com") }
        #expect(reads.withLock { $0 } == 1)
        // Another text, and another provider.
        let other = text.replacing("idp.example.com\">", with: "other.example.com\">")
        for _ in 0..<3 { #expect(try issuer(provider("S1", 2, other)) == "https://other.example.com") }
        #expect(reads.withLock { $0 } == 2)
        for _ in 0..<3 { #expect(try issuer(provider("S2", 1, text)) == "https://idp.example.com") }
        #expect(reads.withLock { $0 } == 3)
        #expect(try issuer(first) == "https://idp.example.com")
        #expect(reads.withLock { $0 } == 3)
    }

    /// What is read is kept under the number that it was read with.
    @Test func aTextThatWasChangedMeanwhileIsKeptAsTheNewOne() throws {
        let (old, new) = (SAMLDocument(of: "S1", number: 1), SAMLDocument(of: "S1", number: 2))
        let changed = SAMLIdentity(
            arn: "arn:aws:iam::\(account):saml-provider/S1", document: old, name: "S1", account: account,
            metadata: { [text] in (new, text) }, requiresEncryption: false,
            validUntil: Instant(seconds: 4_000_000_000), privateKeys: { [] })
        #expect(try issuer(changed) == "https://idp.example.com")
        #expect(try issuer(provider("S1", 2, nil)) == "https://idp.example.com")
        #expect(try issuer(provider("S1", 1, nil)) == nil)
    }

    @Test func whatIsReadIsTold() throws {
        var told: [Int] = []
        for id in ["S1", "S2", "S1"] {
            _ = try documents.metadata(of: provider(id, 1, text)) { told.append($0.text.utf8.count) }
        }
        #expect(told == [text.utf8.count, text.utf8.count])
        struct Enough: Error {}
        #expect(throws: Enough.self) {
            _ = try documents.metadata(of: provider("S3", 1, text)) { _ in throw Enough() }
        }
    }
}
