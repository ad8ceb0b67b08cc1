import Federation
import Testing
import World

/// Defends: of a response, what a provider's key signed is read as it was meant, and nothing else is.
@Suite struct SAMLResponseTests {
    private let forge: SAMLForge

    init() throws { forge = try SAMLForge() }

    @Test func aSignedAssertionIsRead() throws {
        let role = SAMLForge.attribute("role", "a", " b ")
        let response = try forge.read(try forge.good { $0.attributes = role })
        let assertion = response.assertion
        #expect(response.destination == "https://signin.aws.amazon.com/saml")
        #expect(
            assertion.id == "_a" && assertion.issuer == "https://idp.example.com" && assertion.subject.name == "alice")
        #expect(assertion.issued == Instant(iso8601: "2026-01-02T03:04:05Z"))
        #expect(assertion.notOnOrAfter == Instant(iso8601: "2026-01-02T03:09:00Z"))
        #expect(assertion.sessionEnds == Instant(iso8601: "2026-01-02T04:04:05Z"))
        #expect(assertion.audiences == [["urn:amazon:webservices"]] && assertion.attributes == ["role": ["a", "b"]])
        #expect(assertion.confirmation.recipient == "https://signin.aws.amazon.com/saml")
    }

    @Test func aSignedResponseIsRead() throws {
        let bare = SAMLForge.response(SAMLForge.assertion())
        #expect(try forge.read(try forge.signed(bare, id: "_r")).assertion.subject.name == "alice")
        let both = SAMLForge.response(try forge.signed(SAMLForge.assertion()))
        #expect(try forge.read(try forge.signed(both, id: "_r")).assertion.subject.name == "alice")
        // One of two signatures is wrong.
        let stranger = try SAMLForge()
        #expect(forge.refusal(try stranger.signed(both, id: "_r")) == .signature)
        let theirs = SAMLForge.response(try stranger.signed(SAMLForge.assertion()))
        #expect(forge.refusal(try forge.signed(theirs, id: "_r")) == .signature)
    }

    @Test func oneSignedAssertionHasOneDigest() throws {
        // Whatever is put around it, and however it is written: by this a second use is known.
        let good = try forge.good()
        let digest = try forge.read(good).digest
        #expect(digest.count == 32 && digest.contains { $0 != 0 })
        let assertion = SAMLForge.assertion()
        for same in [
            try forge.good(),
            SAMLForge.response(try forge.signed(assertion), before: "<samlp:Extensions></samlp:Extensions>"),
            good.replacing(#"ID="_r""#, with: #"ID="_s""#), good.replacing("alice", with: "ali<!-- -->ce"),
            good.replacing("Destination", with: #"xmlns:more="urn:more" Destination"#),
            good.replacing("<samlp:Status>", with: "\n <samlp:Status>"),
            // With and without the signature around it.
            try forge.signed(good, id: "_r"),
        ] {
            #expect(same != good)
            #expect(try forge.read(same).digest == digest)
        }
        let others = [
            try forge.good { $0.name = "bob" }, try forge.signed(SAMLForge.response(assertion), id: "_r"),
        ]
        for other in others { #expect(try forge.read(other).digest != digest) }
        // Only the response signed, over a ciphertext or not: the digest is of the response then, without its signature.
        let again = try forge.signed(SAMLForge.response(assertion), id: "_r")
        #expect(again != others[1])
        #expect(try forge.read(again).digest == forge.read(others[1]).digest)
    }

    @Test func whatNobodySignedIsRefused() throws {
        #expect(forge.refusal(SAMLForge.response(SAMLForge.assertion())) == .unsigned)
        #expect(forge.refusal(try SAMLForge().good()) == .signature)
        let good = try forge.good()
        #expect(forge.refusal(good.replacing(">alice<", with: ">admin<")) == .signature)
        #expect(forge.refusal(good.replacing("03:09:00Z", with: "03:19:00Z")) == .signature)
        let noKey = try? SAMLResponse(Array(good.utf8), signedBy: [], openedBy: [], requiresEncryption: false)
        #expect(noKey == nil)
    }

    @Test func otherFormsOfSignatureAreRefused() throws {
        let element = SAMLForge.assertion()
        for (old, new) in [
            ("more#ecdsa-sha256", "more#hmac-sha256"),
            ("2001/04/xmldsig-more#ecdsa-sha256", "2000/09/xmldsig#rsa-sha1"),
            ("xmlenc#sha256", "xmldsig-more#md5"), ("#enveloped-signature", "#base64"),
            (##"URI="#_a""##, #"URI="""#), (##"URI="#_a""##, ##"URI="#_b""##), (##" URI="#_a""##, ""),
            (##"URI="#_a""##, #"URI="http://127.0.0.1:1/a""#), (##"URI="#_a""##, ##"URI="#xpointer(id('_a'))""##),
            (
                "</ds:Transforms>",
                #"<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></ds:Transform></ds:Transforms>"#
            ),
            ("</ds:SignedInfo>", ##"<ds:Reference URI="#_b"></ds:Reference></ds:SignedInfo>"##),
        ] {
            let signed = try forge.signed(element) { $0.replace(old, with: new) }
            #expect(forge.refusal(SAMLForge.response(signed)) == .algorithm, "\(new)")
        }
    }

    @Test(arguments: ["Requester", "Responder", "AuthnFailed"])
    func aFailureIsNobody(_ status: String) throws {
        let text = SAMLForge.response(try forge.signed(SAMLForge.assertion()), status: status)
        #expect(forge.refusal(text) == .unsuccessful)
    }

    @Test(arguments: [
        #"<!DOCTYPE a [<!ENTITY x "alice">]>"#, #"<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">"#,
        #"<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>"#,
        #"<!doctype a>"#, "<!DOCTYPE a>", #"<?xml version="1.0"?><!DOCTYPE a>"#,
    ])
    func documentTypesAreRefused(_ type: String) throws {
        #expect(forge.refusal(type + (try forge.good())) == .malformed)
        #expect(forge.refusal(type + (try forge.good { $0.name = "&x;" })) == .malformed)
    }

    @Test func whatIsNoResponseIsRefused() throws {
        let good = try forge.good()
        for bad in [
            "", "x", "<a/>", String(good.dropLast(9)), good + good, good + "<a/>", SAMLForge.assertion(),
            try forge.signed(SAMLForge.assertion()), "\u{0}" + good, good.replacing("alice", with: "&x;"),
            good.replacing(SAMLForge.space, with: "urn:oasis:names:tc:SAML:1.0:protocol"), SAMLForge.response(""),
        ] {
            #expect(forge.refusal(bad) == .malformed, "\(bad.prefix(80))")
        }
        // UTF-16 with a mark, in which the words that are searched for would not be found.
        let wide: [UInt8] = [0xFE, 0xFF] + good.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] as [UInt8] }
        #expect(
            (try? SAMLResponse(wide, signedBy: [forge.certificate], openedBy: [], requiresEncryption: false)) == nil)
    }

    @Test func commentsDoNotCutNames() throws {
        // Made by the provider for a name of which a stranger would like to have the first half alone.
        let good = try forge.good { $0.name = "admin@example.com.evil.example" }
        let cut = good.replacing("admin@example.com.", with: "admin@example.com<!-- -->.")
        #expect(cut != good)
        #expect(try forge.read(cut).assertion.subject.name == "admin@example.com.evil.example")
        let instruction = good.replacing("admin@example.com.", with: "admin@example.com<?a b?>.")
        #expect(forge.refusal(instruction) == .signature)
        let section = good.replacing("admin@example.com.", with: "<![CDATA[admin@example.com]]>.")
        #expect(try forge.read(section).assertion.subject.name == "admin@example.com.evil.example")
    }

    @Test func encryptionThatIsRequired() throws {
        let good = try forge.good()
        #expect(forge.refusal(good, requiresEncryption: true) == .notEncrypted)
    }

    @Test func encryptedOnesNeedAKeyOfTheProvider() throws {
        func hidden(_ content: String, _ wrapping: String, _ more: String = "") throws -> String {
            let space = #"xmlns:xenc="http://www.w3.org/2001/04/xmlenc#""#
            let cipher = "<xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData>"
            let bare = SAMLForge.response(
                #"<saml:EncryptedAssertion xmlns:saml="\#(SAMLForge.assertionSpace)"><xenc:EncryptedData \#(space) "#
                    + #"Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="\#(content)">"#
                    + #"</xenc:EncryptionMethod><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"#
                    + #"<xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="\#(wrapping)"></xenc:EncryptionMethod>"#
                    + "\(cipher)</xenc:EncryptedKey></ds:KeyInfo>\(more)\(cipher)</xenc:EncryptedData></saml:EncryptedAssertion>"
            )
            return try forge.signed(bare, id: "_r")
        }
        let (gcm, oaep) = (
            "http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
        )
        #expect(forge.refusal(try hidden(gcm, oaep)) == .encryption)
        #expect(forge.refusal(try hidden(gcm, "http://www.w3.org/2001/04/xmlenc#rsa-1_5")) == .algorithm)
        #expect(forge.refusal(try hidden("http://www.w3.org/2001/04/xmlenc#tripledes-cbc", oaep)) == .algorithm)
        let elsewhere = #"<xenc:CipherReference URI="http://127.0.0.1:1/"></xenc:CipherReference>"#
        #expect(forge.refusal(try hidden(gcm, oaep, elsewhere)) == .malformed)
    }
}
