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

    /// Whom the assertion speaks of, who may have that role.
    func person(_ encoded: String, of arn: String, for role: String, at now: Instant) async throws -> SAMLPerson {
        let (assertion, provider) = try await verified(encoded, of: arn, at: now)
        return try SAMLPerson(assertion, of: provider, role: role)
    }

    /// Writes down that the assertion was used. Throws where it was before.
    func use(_ person: SAMLPerson, at now: Instant) async throws {
        let (assertion, end) = (person.assertion, SAMLConditions.end(of: person.assertion))
        guard try await providers.useAssertion(assertion.id, of: person.provider.id, now: now, until: end) else {
            throw SAMLProof.invalid("The assertion has been used already")
        }
    }

    /// What the provider says, whoever asks for whatever: signed, for us, and in time. It is still good afterwards.
    func verified(
        _ encoded: String, of arn: String, at now: Instant
    ) async throws -> (assertion: SAMLAssertion, provider: SAMLIdentity) {
        guard let provider = try providers.samlProvider(arn: arn) else {
            throw SAMLProof.invalid("Specified provider doesn't exist")
        }
        guard now < provider.validUntil else {
            throw SAMLProof.expired("The provider's metadata is not valid any more")
        }
        let xml = try SAMLProof.decoded(encoded)
        guard let metadata = try? SAMLMetadata(provider.metadata) else { throw SAMLProof.invalid("Invalid metadata") }
        let response = try await judged(xml, provider, metadata)
        try SAMLConditions.check(response, from: metadata.entityID, at: now)
        return (response.assertion, provider)
    }

    /// Folded lines are taken, as all that make assertions write them.
    static func decoded(_ encoded: String) throws -> [UInt8] {
        guard let xml = Base64.decode(encoded.utf8.filter { $0 > 0x20 }) else {
            throw invalid("Invalid base64 SAMLResponse")
        }
        return xml
    }

    private static func invalid(_ message: String) -> STS.InvalidIdentityTokenException {
        STS.InvalidIdentityTokenException(message: message)
    }

    private static func expired(_ message: String) -> STS.ExpiredTokenException {
        STS.ExpiredTokenException(message: message)
    }

    /// Signatures cost milliseconds of a processor: on threads of their own, and boundedly many of them.
    private func judged(
        _ xml: [UInt8], _ provider: SAMLIdentity, _ metadata: SAMLMetadata
    ) async throws -> SAMLResponse {
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
        case .success(let response): return response
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
}
