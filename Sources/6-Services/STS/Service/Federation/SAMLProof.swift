import Crypto
import Door
import Federation
import Formats
import STSAPI
import Smithy
import World

/// A response that is signed, for us, and in time: good for every provider with the same keys and issuer, unless it is
/// addressed to one of them.
struct JudgedResponse {
    private let response: SAMLResponse

    fileprivate init(_ response: SAMLResponse) { self.response = response }

    /// Throws where it is addressed to another.
    func response(for provider: SAMLIdentity) throws -> SAMLResponse {
        try SAMLConditions.checkAddresses(response, of: provider.id)
        return response
    }
}

/// Checks an assertion against the provider that it is said to come from.
///
/// An assertion is good once, whichever providers and accounts know who signed it: who steals one that was used gains
/// nothing, and one that was not used is good for minutes.
/// - Source: STS API Reference, "AssumeRoleWithSAML"; IAM User Guide, "Troubleshoot SAML federation with IAM".
struct SAMLProof: Sendable {
    let providers: any IdentityProviderDirectory
    /// Signatures, keys and documents cost milliseconds of a processor: on threads of their own, and boundedly many of them.
    let work: BlockingPool
    let documents = SAMLDocuments()

    /// Whom the assertion speaks of, who may have that role.
    func person(_ encoded: String, of arn: String, for role: String, at now: Instant) async throws -> SAMLPerson {
        try await work.run { [self] in
            let (response, provider) = try verified(SAMLProof.decoded(encoded), of: arn, at: now)
            return try SAMLPerson(response, of: provider, role: role)
        }
    }

    /// Writes down that the assertion was used. Throws where it was before.
    func use(_ person: SAMLPerson, at now: Instant) async throws {
        let end = SAMLConditions.end(of: person.assertion)
        guard try await providers.useAssertion(person.digest, of: person.provider.id, now: now, until: end) else {
            throw SAMLProof.invalid("The assertion has been used already")
        }
    }

    /// What the provider says, whoever asks for whatever: signed, for us, and in time. It is still good afterwards. Called on
    /// a thread of the pool.
    private func verified(
        _ xml: [UInt8], of arn: String, at now: Instant
    ) throws -> (response: SAMLResponse, provider: SAMLIdentity) {
        guard let provider = try providers.samlProvider(arn: arn) else {
            throw SAMLProof.invalid("Specified provider doesn't exist")
        }
        guard now < provider.validUntil else {
            throw SAMLProof.expired("The provider's metadata is not valid any more")
        }
        guard let metadata = try documents.metadata(of: provider) else { throw SAMLProof.invalid("Invalid metadata") }
        // What can be read as it is needs no keys.
        let isReadable = SAMLResponse.claimed(by: xml) != nil
        var keys = isReadable ? [] : try provider.privateKeys()
        defer { for index in keys.indices { keys[index].zero() } }
        let judged = try SAMLProof.judged(xml, metadata, keys, provider.requiresEncryption, at: now)
        return (try judged.response(for: provider), provider)
    }

    /// - Parameter keys: that open encrypted assertions.
    static func judged(
        _ xml: [UInt8], _ metadata: SAMLMetadata, _ keys: [[UInt8]], _ requiresEncryption: Bool, at now: Instant
    ) throws -> JudgedResponse {
        let response: SAMLResponse
        do throws(SAMLResponse.Refusal) {
            response = try SAMLResponse(
                xml, signedBy: metadata.certificates, openedBy: keys, requiresEncryption: requiresEncryption)
        } catch { throw SAMLProof.error(error) }
        try SAMLConditions.check(response, from: metadata.entityID, at: now)
        return JudgedResponse(response)
    }

    /// Folded lines are taken, as all that make assertions write them.
    static func decoded(_ encoded: String) throws -> [UInt8] {
        guard let xml = Base64.decode(encoded.utf8.filter { $0 > 0x20 }) else {
            throw invalid("Invalid base64 SAMLResponse")
        }
        return xml
    }

    static func invalid(_ message: String) -> STS.InvalidIdentityTokenException {
        STS.InvalidIdentityTokenException(message: message)
    }

    private static func expired(_ message: String) -> STS.ExpiredTokenException {
        STS.ExpiredTokenException(message: message)
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
