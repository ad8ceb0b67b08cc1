import Testing

@testable import STSService

/// Defends: a response is for us where AWS says so, and nowhere that only looks like it.
@Suite struct SAMLEndpointTests {
    @Test func forAll() throws {
        for text in [
            "https://signin.aws.amazon.com/saml", "https://us-east-1.signin.aws.amazon.com/saml",
            "https://eu-central-2.signin.aws.amazon.com/saml",
        ] {
            #expect(try #require(SAMLEndpoint(text), "\(text)").provider == nil)
        }
    }

    @Test func forOne() throws {
        for text in [
            "https://signin.aws.amazon.com/saml/acs/ABC234", "https://us-west-2.signin.aws.amazon.com/saml/acs/ABC234",
        ] {
            #expect(try #require(SAMLEndpoint(text), "\(text)").provider == "ABC234")
        }
    }

    @Test(arguments: [
        "", "https://signin.aws.amazon.com", "https://signin.aws.amazon.com/", "https://signin.aws.amazon.com/saml/",
        "http://signin.aws.amazon.com/saml", "https://signin.aws.amazon.com:443/saml",
        "HTTPS://signin.aws.amazon.com/saml",
        "https://signin.aws.amazon.com/SAML", "https://signin.aws.amazon.com/saml?x",
        "https://signin.aws.amazon.com/saml#x",
        "https://signin.aws.amazon.com/saml/acs", "https://signin.aws.amazon.com/saml/acs/",
        " https://signin.aws.amazon.com/saml",
        "https://signin.aws.amazon.com/saml/acs/ABC234/", "https://signin.aws.amazon.com/saml/other/ABC234",
        "https://signin.aws.amazon.com//saml", "https://evil.signin.aws.amazon.com/saml",
        "https://evilsignin.aws.amazon.com/saml",
        "https://us-east-9.signin.aws.amazon.com/saml", "https://US-EAST-1.signin.aws.amazon.com/saml",
        "https://cn-north-1.signin.aws.amazon.com/saml", "https://us-gov-west-1.signin.aws.amazon.com/saml",
        "https://us-east-1.us-west-2.signin.aws.amazon.com/saml", "https://.signin.aws.amazon.com/saml",
        "https://signin.aws.amazon.com.example.com/saml", "https://user@signin.aws.amazon.com/saml",
        "https://signin.aws.amazon.com/saml\u{301}", "https://signin.aws.amazon.com\n/saml", "urn:amazon:webservices",
    ])
    func nobodys(_ text: String) { #expect(SAMLEndpoint(text) == nil) }
}
