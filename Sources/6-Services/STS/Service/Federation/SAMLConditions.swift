import Federation
import STSAPI
import World

/// What must hold of a response with a good signature before its provider's word counts: it is from that provider, for us,
/// and in time.
/// - Source: SAML 2.0 profiles, section 4.1.4.3; IAM User Guide, "Configure SAML assertions for the authentication response".
enum SAMLConditions {
    /// Where responses are sent, as providers know it.
    static let endpoint = "https://signin.aws.amazon.com/saml"
    private static let audiences = [endpoint, "urn:amazon:webservices"]
    /// Clocks differ a little.
    private static let leeway = Duration.seconds(60)
    /// How long after it was made an assertion can be redeemed.
    private static let freshness = Duration.seconds(300)

    /// - Parameter issuer: the provider's `entityID`.
    static func check(_ response: SAMLResponse, from issuer: String, at now: Instant) throws {
        guard response.destination.map({ $0.hasSameBytes(as: endpoint) }) ?? true else {
            throw invalid("The response is for another destination")
        }
        let assertion = response.assertion
        guard assertion.issuer.hasSameBytes(as: issuer) else {
            throw invalid("Issuer not present in specified provider")
        }
        try checkTimes(assertion, now)
        guard assertion.confirmation.recipient.hasSameBytes(as: endpoint) else {
            throw invalid("The recipient of the assertion is not \(endpoint)")
        }
        guard !assertion.audiences.isEmpty,
            assertion.audiences.allSatisfy({ list in list.contains(where: isOurs) })
        else { throw invalid("Response does not contain the required audience.") }
    }

    private static func isOurs(_ audience: String) -> Bool { audiences.contains { $0.hasSameBytes(as: audience) } }

    /// From when on an assertion is not good any more, used or not.
    static func end(of assertion: SAMLAssertion) -> Instant { assertion.issued + freshness + leeway }

    private static func checkTimes(_ assertion: SAMLAssertion, _ now: Instant) throws {
        guard assertion.issued <= now + leeway else { throw invalid("The assertion is not valid yet") }
        guard now < end(of: assertion) else { throw expired("Token must be redeemed within 5 minutes of issuance") }
        let ends = [assertion.confirmation.notOnOrAfter, assertion.notOnOrAfter].compactMap { $0 }
        guard ends.allSatisfy({ now < $0 + leeway }) else { throw expired("The assertion has expired") }
        let starts = [assertion.confirmation.notBefore, assertion.notBefore].compactMap { $0 }
        guard starts.allSatisfy({ $0 <= now + leeway }) else { throw invalid("The assertion is not valid yet") }
        if let end = assertion.sessionEnds, end <= now {
            throw expired("The session at the identity provider has ended")
        }
    }

    private static func invalid(_ message: String) -> STS.InvalidIdentityTokenException {
        STS.InvalidIdentityTokenException(message: message)
    }

    private static func expired(_ message: String) -> STS.ExpiredTokenException {
        STS.ExpiredTokenException(message: message)
    }
}
