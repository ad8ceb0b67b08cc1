package import AWS
package import Crypto
package import World

/// Where access keys are found: IAM and STS stand behind it.
package protocol CredentialSource: Sendable {
    /// Looks a key up. Called once per signed request, so the answer should come from memory.
    /// - Parameter sessionToken: as sent, nil where none was.
    /// - Parameter now: the product's time, which judges expiry.
    func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup
}

package enum CredentialLookup: Sendable {
    case found(Credential)
    case unknown, inactive, expired
    /// The session token is not the one of this key, or was forged.
    case badToken
    /// A temporary key came without its token.
    case missingToken
}

/// An access key with its secret and whom it speaks for.
package final class Credential: Sendable {
    package let accessKeyID: String
    /// Changes whenever the secret does: keys derived from an earlier secret are then forgotten.
    package let version: UInt64
    package let principal: Principal
    /// Nil for long-term keys.
    package let session: SessionFacts?
    let secret: SecretBytes

    package init(
        accessKeyID: String, secret: consuming SecretBytes, version: UInt64, principal: Principal,
        session: SessionFacts? = nil
    ) {
        (self.accessKeyID, self.version, self.principal, self.session) = (accessKeyID, version, principal, session)
        self.secret = secret
    }
}

/// What a temporary credential carries besides its principal.
package struct SessionFacts: Sendable, Hashable {
    package let issued: Instant
    package let expires: Instant
    /// When the user proved a second factor; nil if none was used.
    package let authenticatedWithMFA: Instant?
    /// Texts of the session policies, inline first, then managed ones, as they were when the session began.
    package let sessionPolicies: [String]
    package let sessionPolicyARNs: [String]
    package let tags: [String: String]
    package let transitiveTagKeys: Set<String>
    package let sourceIdentity: String?
    /// The identity provider of a federated session, as `aws:FederatedProvider` shows it.
    package let federatedProvider: String?

    package init(
        issued: Instant, expires: Instant, authenticatedWithMFA: Instant? = nil, sessionPolicies: [String] = [],
        sessionPolicyARNs: [String] = [], tags: [String: String] = [:], transitiveTagKeys: Set<String> = [],
        sourceIdentity: String? = nil, federatedProvider: String? = nil
    ) {
        (self.issued, self.expires, self.authenticatedWithMFA) = (issued, expires, authenticatedWithMFA)
        (self.sessionPolicies, self.sessionPolicyARNs) = (sessionPolicies, sessionPolicyARNs)
        (self.tags, self.transitiveTagKeys) = (tags, transitiveTagKeys)
        (self.sourceIdentity, self.federatedProvider) = (sourceIdentity, federatedProvider)
    }
}
