import Federation
import STSAPI
import World

/// What must hold of a response with a good signature before its provider's word counts: it is from that provider, for us,
/// and in time.
/// - Source: SAML 2.0 profiles, section 4.1.4.3; IAM User Guide, "Configure SAML assertions for the authentication response".
enum SAMLConditions {
    private static let audience = "urn:amazon:webservices"
    /// Clocks differ a little.
    private static let leeway = Duration.seconds(60)
    /// How long after it was made an assertion can be redeemed.
    private static let freshness = Duration.seconds(300)

    /// All but whether the response is for one provider alone, which `checkAddresses` asks.
    /// - Parameter issuer: the provider's `entityID`.
    static func check(_ response: SAMLResponse, from issuer: String, at now: Instant) throws {
        guard response.destination.map({ SAMLEndpoint($0) != nil }) ?? true else {
            throw invalid("The response is for another destination")
        }
        let assertion = response.assertion
        guard assertion.issuer.hasSameBytes(as: issuer) else {
            throw invalid("Issuer not present in specified provider")
        }
        try checkTimes(assertion, now)
        guard SAMLEndpoint(assertion.confirmation.recipient) != nil else {
            throw invalid("The recipient of the assertion is not AWS's sign-in endpoint")
        }
        guard !assertion.audiences.isEmpty,
            assertion.audiences.allSatisfy({ list in list.contains { isOurs($0) { _ in true } } })
        else { throw invalid("Response does not contain the required audience.") }
    }

    /// That none of the addresses is another provider's own.
    /// - Parameter provider: the unique id of the one whose response it is.
    static func checkAddresses(_ response: SAMLResponse, of provider: String) throws {
        let assertion = response.assertion
        func isIts(_ address: SAMLEndpoint) -> Bool { address.provider.map { $0.hasSameBytes(as: provider) } ?? true }
        let places = [response.destination, assertion.confirmation.recipient].compactMap { $0 }
        guard places.allSatisfy({ SAMLEndpoint($0).map(isIts) ?? false }),
            assertion.audiences.allSatisfy({ list in list.contains { isOurs($0, where: isIts) } })
        else { throw invalid("The response is for the endpoint of another provider") }
    }

    private static func isOurs(_ text: String, where holds: (SAMLEndpoint) -> Bool) -> Bool {
        text.hasSameBytes(as: audience) || SAMLEndpoint(text).map(holds) ?? false
    }

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
