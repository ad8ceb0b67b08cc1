import Federation
import STSAPI
import Testing
import World

@testable import STSService

/// Defends: a provider's word counts where it was meant to, and then only.
@Suite struct SAMLConditionsTests {
    private let forge: SAMLForge

    init() throws { forge = try SAMLForge() }

    /// What is wrong, as the caller is told; nil where nothing is.
    private func fault(
        _ change: (inout SAMLForge.Parts) -> Void = { _ in }, from issuer: String = "https://idp.example.com",
        at time: String = "2026-01-02T03:04:05Z", around: (String) -> String = { $0 }
    ) throws -> String? {
        let response = try forge.read(around(try forge.good(change)))
        do {
            try SAMLConditions.check(response, from: issuer, at: try #require(Instant(iso8601: time)))
            return nil
        } catch let error as STS.InvalidIdentityTokenException { return error.message } catch let error
            as STS.ExpiredTokenException
        {
            return "expired: " + error.message
        }
    }

    @Test func audiences() throws {
        func restricted(_ lists: [[String]]) throws -> String? {
            try fault { parts in
                let texts = lists.map { list in
                    "<saml:AudienceRestriction>" + list.map { "<saml:Audience>\($0)</saml:Audience>" }.joined()
                        + "</saml:AudienceRestriction>"
                }
                parts.conditions = "<saml:Conditions>" + texts.joined() + "</saml:Conditions>"
            }
        }
        let ours = "urn:amazon:webservices"
        #expect(try restricted([[ours]]) == nil)
        #expect(try restricted([["https://signin.aws.amazon.com/saml"]]) == nil)
        #expect(try restricted([["https://other.example.com", ours]]) == nil)
        for wrong in [
            [], [[]], [["https://other.example.com"]], [[ours], ["https://other.example.com"]], [[ours + "/"]],
        ] {
            #expect(try restricted(wrong)?.contains("audience") == true, "\(wrong)")
        }
        #expect(try fault { $0.conditions = "" }?.contains("audience") == true)
    }

    @Test func recipients() throws {
        for other in [
            "https://signin.aws.amazon.com/saml/", "http://signin.aws.amazon.com/saml", "https://a.example.com", "",
        ] {
            let found = try fault {
                $0.confirmation.replace("https://signin.aws.amazon.com/saml", with: other)
            }
            #expect(found?.contains("recipient") == true, "\(other)")
        }
    }

    /// Whether a response with these addresses is taken for the provider ABC.
    private func isIts(
        recipient: String = "saml", audience: String = "saml", destination: String = "saml"
    ) throws -> Bool {
        let base = "https://signin.aws.amazon.com/"
        let text = try forge.good {
            $0.confirmation.replace("\(base)saml", with: base + recipient)
            $0.conditions.replace("urn:amazon:webservices", with: base + audience)
        }
        let response = try forge.read(
            text.replacing(#"Destination="\#(base)saml""#, with: #"Destination="\#(base)\#(destination)""#))
        try SAMLConditions.check(
            response, from: "https://idp.example.com", at: try #require(Instant(iso8601: "2026-01-02T03:04:05Z")))
        do {
            try SAMLConditions.checkAddresses(response, of: "ABC")
            return true
        } catch is STS.InvalidIdentityTokenException { return false }
    }

    @Test func addressesOfOneProvider() throws {
        #expect(try isIts())
        #expect(try isIts(recipient: "saml/acs/ABC", audience: "saml/acs/ABC", destination: "saml/acs/ABC"))
        #expect(try !isIts(recipient: "saml/acs/ABD"))
        #expect(try !isIts(audience: "saml/acs/abc"))
        #expect(try !isIts(destination: "saml/acs/ABCD"))
    }

    @Test func destinations() throws {
        let other = try fault(around: {
            $0.replacing(#"Destination="https://signin."#, with: #"Destination="https://other."#)
        })
        #expect(other?.contains("destination") == true)
        #expect(
            try fault(around: { $0.replacing(#"Destination="https://signin.aws.amazon.com/saml" "#, with: "") }) == nil)
    }

    @Test func issuers() throws {
        #expect(try fault(from: "https://idp.example.org")?.contains("Issuer") == true)
    }

    @Test func timeAndItsLeeway() throws {
        #expect(try fault(at: "2026-01-02T03:03:05Z") == nil)
        #expect(try fault(at: "2026-01-02T03:03:04Z") == "The assertion is not valid yet")
        #expect(try fault(at: "2026-01-02T03:09:59Z") == nil)
        #expect(try fault(at: "2026-01-02T03:10:00Z") == "expired: The assertion has expired")
        func longer(_ parts: inout SAMLForge.Parts) {
            parts.conditions.replace("03:09:00Z", with: "05:00:00Z")
            parts.confirmation.replace("03:09:00Z", with: "05:00:00Z")
        }
        #expect(try fault(longer, at: "2026-01-02T03:10:04Z") == nil)
        #expect(try fault(longer, at: "2026-01-02T03:10:05Z")?.contains("within 5 minutes") == true)
        let ended = try fault { $0.statement.replace("T04:04:05Z", with: "T03:04:05Z") }
        #expect(ended?.contains("has ended") == true)
        let later = try fault {
            $0.confirmation.replace("NotOnOrAfter", with: #"NotBefore="2026-01-02T03:05:06Z" NotOnOrAfter"#)
        }
        #expect(later == "The assertion is not valid yet")
        // The end of the confirmation counts as well as that of the conditions.
        let confirmed = try fault({ $0.confirmation.replace("03:09:00Z", with: "03:03:05Z") })
        #expect(confirmed == "expired: The assertion has expired")
    }
}
