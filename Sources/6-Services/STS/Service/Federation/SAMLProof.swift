import Crypto
import Door
import Federation
import Formats
import STSAPI
import Smithy
import World

/// Checks an assertion against the provider that it is said to come from.
///
/// An assertion is good once: who steals one that was used gains nothing, and one that was not used is good for minutes.
/// - Source: STS API Reference, "AssumeRoleWithSAML"; IAM User Guide, "Troubleshoot SAML federation with IAM".
struct SAMLProof: Sendable {
    let providers: any IdentityProviderDirectory
    let work: BlockingPool

    /// Clocks differ a little.
    private static let leeway = Duration.seconds(60)
    /// How long after it was made an assertion can be redeemed.
    private static let freshness = Duration.seconds(300)
    private static let endpoint = "https://signin.aws.amazon.com/saml"
    private static let audiences: Set<String> = [endpoint, "urn:amazon:webservices"]

    func person(_ encoded: String, of arn: String, for role: String, at now: Instant) async throws -> SAMLPerson {
        guard let provider = try providers.samlProvider(arn: arn) else {
            throw SAMLProof.invalid("Specified provider doesn't exist")
        }
        guard now < provider.validUntil else {
            throw SAMLProof.expired("The provider's metadata is not valid any more")
        }
        // Folded lines are taken, as all that make assertions write them.
        guard let xml = Base64.decode(encoded.utf8.filter { $0 > 0x20 }) else {
            throw SAMLProof.invalid("Invalid base64 SAMLResponse")
        }
        let assertion = try await judged(xml, provider)
        let expires = try SAMLProof.check(assertion, now)
        let person = try SAMLPerson(assertion, of: provider, role: role)
        guard try await providers.useAssertion(assertion.id, of: provider.id, now: now, until: expires) else {
            throw SAMLProof.invalid("The assertion has been used already")
        }
        return person
    }

    private static func invalid(_ message: String) -> STS.InvalidIdentityTokenException {
        STS.InvalidIdentityTokenException(message: message)
    }

    private static func expired(_ message: String) -> STS.ExpiredTokenException {
        STS.ExpiredTokenException(message: message)
    }

    /// Signatures cost milliseconds of a processor: on threads of their own, and boundedly many of them.
    private func judged(_ xml: [UInt8], _ provider: SAMLIdentity) async throws -> SAMLAssertion {
        guard let metadata = try? SAMLMetadata(provider.metadata) else { throw SAMLProof.invalid("Invalid metadata") }
        let result = try await work.run { () -> Result<SAMLResponse, SAMLResponse.Refusal> in
            var keys = provider.privateKeys
            defer { for index in keys.indices { keys[index].zero() } }
            do throws(SAMLResponse.Refusal) {
                return .success(
                    try SAMLResponse(
                        xml, signedBy: metadata.certificates, openedBy: keys,
                        requiresEncryption: provider.requiresEncryption))
            } catch { return .failure(error) }
        }
        switch result {
        case .success(let response):
            guard response.destination.map({ $0 == SAMLProof.endpoint }) ?? true else {
                throw SAMLProof.invalid("The response is for another destination")
            }
            guard response.assertion.issuer == metadata.entityID else {
                throw SAMLProof.invalid("Issuer not present in specified provider")
            }
            return response.assertion
        case .failure(let refusal): throw SAMLProof.error(refusal)
        }
    }

    private static func error(_ refusal: SAMLResponse.Refusal) -> any ServiceError {
        switch refusal {
        case .malformed: invalid("Your request included an invalid SAML response. The response could not be read.")
        case .unsuccessful:
            STS.IDPRejectedClaimException(message: "The identity provider reported that authentication failed")
        case .unsigned: invalid("Response or assertion must be signed")
        case .algorithm: invalid("The signature or the encryption of the response is of a kind that is not accepted")
        case .signature: invalid("Response signature invalid")
        case .encryption: invalid("Encrypted assertion could not be decrypted with the provider's private keys")
        case .notEncrypted: invalid("The provider requires encrypted assertions")
        }
    }

    /// Times, recipient and audience. Gives when the assertion can be forgotten.
    private static func check(_ assertion: SAMLAssertion, _ now: Instant) throws -> Instant {
        guard assertion.issued <= now + leeway else { throw invalid("The assertion is not valid yet") }
        guard now < assertion.issued + freshness + leeway else {
            throw expired("Token must be redeemed within 5 minutes of issuance")
        }
        let ends = [assertion.confirmation.notOnOrAfter, assertion.notOnOrAfter].compactMap { $0 }
        guard ends.allSatisfy({ now < $0 + leeway }) else { throw expired("The assertion has expired") }
        let starts = [assertion.confirmation.notBefore, assertion.notBefore].compactMap { $0 }
        guard starts.allSatisfy({ $0 <= now + leeway }) else { throw invalid("The assertion is not valid yet") }
        if let end = assertion.sessionEnds, end <= now {
            throw expired("The session at the identity provider has ended")
        }
        guard assertion.confirmation.recipient == endpoint else {
            throw invalid("The recipient of the assertion is not \(endpoint)")
        }
        guard !assertion.audiences.isEmpty,
            assertion.audiences.allSatisfy({ list in list.contains { audiences.contains($0) } })
        else { throw invalid("Response does not contain the required audience.") }
        return assertion.issued + freshness + leeway
    }
}
