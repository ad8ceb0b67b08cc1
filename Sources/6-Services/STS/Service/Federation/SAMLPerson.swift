@_spi(Declared) import AWS
import Crypto
import Door
import Federation
import Formats
import STSAPI
import World

/// Whom a good assertion speaks of, and what it says of him.
/// - Source: IAM User Guide, "Configure SAML assertions for the authentication response".
struct SAMLPerson: Sendable {
    let provider: SAMLIdentity
    let assertion: SAMLAssertion
    /// SHA-256 of what was signed.
    let digest: [UInt8]
    let sessionName: String
    /// The session length that the provider wants, in seconds; nil where it says nothing.
    let sessionSeconds: Int?
    let brought: BroughtFacts
    private let attributeKeys: [ConditionEntry]

    private static let prefix = "https://aws.amazon.com/SAML/Attributes/"

    /// - Parameter role: what is asked for: the assertion must name it and the provider together.
    init(_ response: SAMLResponse, of provider: SAMLIdentity, role: String) throws {
        let assertion = response.assertion
        (self.provider, self.assertion, digest) = (provider, assertion, response.digest)
        func values(_ name: String) -> [String] { assertion.attributes[SAMLPerson.prefix + name] ?? [] }
        let offers = SAMLPerson.roles(of: assertion).compactMap { SAMLOffer($0) }
        guard offers.contains(where: { $0.names(role, provider.arn) }) else {
            throw AccessDenied("Not authorized to perform sts:AssumeRoleWithSAML")
        }
        guard let name = values("RoleSessionName").first, values("RoleSessionName").count == 1 else {
            throw SAMLPerson.invalid("RoleSessionName is required in AuthnResponse")
        }
        guard SessionNaming.isName(name) else {
            throw SAMLPerson.invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
        }
        sessionName = name
        if let text = values("SessionDuration").first {
            guard let seconds = Int(text), (900...43_200).contains(seconds), values("SessionDuration").count == 1 else {
                throw SAMLPerson.invalid("SessionDuration in AuthnResponse must be between 900 and 43200 seconds")
            }
            sessionSeconds = seconds
        } else {
            sessionSeconds = nil
        }
        brought = try SAMLPerson.brought(assertion.attributes, provider.arn)
        do throws(SAMLIdentityKeys.Ambiguous) { attributeKeys = try SAMLIdentityKeys.keys(assertion.attributes) } catch
        {
            throw SAMLPerson.invalid("The attributes have more than one value for \(error.key), which has one.")
        }
    }

    /// With what the session keeps of the assertion.
    /// - Source: IAM User Guide, "Available keys for SAML-based AWS STS federation", keys for permissions policies.
    var sessionFacts: BroughtFacts {
        var facts = brought
        facts.sessionKeys = [
            "saml:namequalifier": nameQualifier, "saml:sub": assertion.subject.name, "saml:sub_type": subjectType,
        ]
        return facts
    }

    /// The values of its attribute `Role`.
    static func roles(of assertion: SAMLAssertion?) -> [String] { assertion?.attributes[prefix + "Role"] ?? [] }

    private static func invalid(_ message: String) -> STS.InvalidIdentityTokenException {
        STS.InvalidIdentityTokenException(message: message)
    }

    private static func brought(_ attributes: [String: [String]], _ provider: String) throws -> BroughtFacts {
        var pairs: [(key: String, value: String)] = []
        for (name, values) in attributes where name.hasPrefix(prefix + "PrincipalTag:") {
            guard values.count == 1 else { throw invalid("A PrincipalTag attribute must have one value.") }
            pairs.append((String(name.dropFirst(prefix.count + "PrincipalTag:".count)), values[0]))
        }
        let tags: BroughtTags
        do throws(BroughtTags.Refusal) {
            tags = try BroughtTags(pairs, transitive: attributes[prefix + "TransitiveTagKeys"] ?? [])
        } catch { throw invalid(error.message) }
        let sources = attributes[prefix + "SourceIdentity"] ?? []
        guard sources.count <= 1, sources.allSatisfy(SessionNaming.isSourceIdentity) else {
            throw invalid("Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"")
        }
        return BroughtFacts(tags: tags, sourceIdentity: sources.first, provider: provider)
    }

    /// `persistent`, `transient`, or the whole format.
    var subjectType: String {
        let prefix = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
        let format = assertion.subject.format
        return format.hasPrefix(prefix) ? String(format.dropFirst(prefix.count)) : format
    }

    /// Tells apart subjects of the same name: a hash of issuer, account and provider.
    /// - Source: STS API Reference, "AssumeRoleWithSAML": NameQualifier.
    var nameQualifier: String {
        Base64.encode(SHA1.hash(Array("\(assertion.issuer)\(provider.account)/\(provider.name)".utf8)))
    }

    var bearer: BearerPrincipal {
        BearerPrincipal(
            kind: .saml, provider: provider.arn, identityProvider: nameQualifier,
            userID: "\(nameQualifier):\(assertion.subject.name)", userName: assertion.subject.name)
    }

    var conditionKeys: [ConditionEntry] {
        func one(_ key: String, _ value: String) -> ConditionEntry {
            ConditionEntry(SingleValuedKey("saml:" + key), value)
        }
        return attributeKeys + [
            one("aud", assertion.confirmation.recipient), one("iss", assertion.issuer),
            one("sub", assertion.subject.name), one("sub_type", subjectType), one("namequalifier", nameQualifier),
            one("doc", "\(provider.account)/\(provider.name)"),
        ]
    }
}
