public import AWS
public import Crypto
public import World

/// Where access keys are found: IAM and STS stand behind it.
public protocol CredentialSource: Sendable {
    /// Looks a key up. Called once per signed request, so the answer should come from memory.
    /// - Parameter sessionToken: as sent, nil where none was.
    /// - Parameter now: the product's time, which judges expiry.
    func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup
}

public enum CredentialLookup: Sendable {
    case found(Credential)
    case unknown, inactive, expired
    /// The session token is not the one of this key, or was forged.
    case badToken
    /// A temporary key came without its token.
    case missingToken
}

/// An access key with its secret and whom it speaks for.
public final class Credential: Sendable {
    public let accessKeyID: String
    /// Changes whenever the secret does: keys derived from an earlier secret are then forgotten.
    public let version: UInt64
    public let principal: Principal
    /// Nil for long-term keys.
    public let session: SessionFacts?
    let secret: SecretBytes

    /// Whether this is the key's secret, in time that tells nothing but its length.
    public func hasSecret(_ text: String) -> Bool {
        var bytes = Array(text.utf8)
        return secret.equals(SecretBytes(taking: &bytes))
    }

    public init(
        accessKeyID: String, secret: consuming SecretBytes, version: UInt64, principal: Principal,
        session: SessionFacts? = nil
    ) {
        (self.accessKeyID, self.version, self.principal, self.session) = (accessKeyID, version, principal, session)
        self.secret = secret
    }

    /// The same key, for somebody as he is called now.
    public func speaking(for principal: Principal) -> Credential {
        Credential(
            accessKeyID: accessKeyID, secret: secret.copy(), version: version, principal: principal, session: session)
    }
}

/// What a temporary credential carries besides its principal.
public struct SessionFacts: Sendable, Hashable {
    /// The operation the credential came from.
    public enum Origin: Character, Sendable {
        case assumeRole = "R", assumeRoleWithWebIdentity = "W", assumeRoleWithSAML = "S"
        case getSessionToken = "T", getFederationToken = "F"
        /// A sign-in with a password, by the console or `aws login`.
        case signIn = "C"
    }

    /// How a role's keys came to an application on an instance.
    public struct Delivery: Sendable, Hashable {
        /// The version of the metadata service: `1.0` or `2.0`.
        public let version: String
        public let instanceARN: String

        public init(version: String, instanceARN: String) { (self.version, self.instanceARN) = (version, instanceARN) }
    }

    public let origin: Origin
    public let issued: Instant
    public let expires: Instant
    /// When the user proved a second factor; nil if none was used.
    public let authenticatedWithMFA: Instant?
    /// The text of the inline session policy, as it was passed.
    public let sessionPolicy: String?
    /// Managed policies that narrow the session. What they say is looked up for each request, as for those of a role.
    public let sessionPolicyARNs: [String]
    public let tags: [String: String]
    public let transitiveTagKeys: Set<String>
    public let sourceIdentity: String?
    /// The identity provider of a federated session, as `aws:FederatedProvider` shows it.
    public let federatedProvider: String?
    /// The sign-in by which a tool of somebody's got the keys: its ARN. Nil for all that did not come by `aws login`.
    public let signInSession: String?
    /// Nil unless a metadata service handed the keys out.
    public let delivery: Delivery?
    /// Whether a role was assumed with temporary credentials.
    public let isChained: Bool
    /// What the proof of an identity provider leaves in the session, as condition keys by their lower-case names: such as
    /// `saml:sub` and `id.example.com:aud`.
    /// - Source: IAM User Guide, "IAM and AWS STS condition context keys", availability.
    public let providerKeys: [String: String]

    public init(
        _ origin: Origin, issued: Instant, expires: Instant, authenticatedWithMFA: Instant? = nil,
        sessionPolicy: String? = nil, sessionPolicyARNs: [String] = [], tags: [String: String] = [:],
        transitiveTagKeys: Set<String> = [],
        sourceIdentity: String? = nil, federatedProvider: String? = nil, signInSession: String? = nil,
        delivery: Delivery? = nil, isChained: Bool = false, providerKeys: [String: String] = [:]
    ) {
        self.origin = origin
        (self.issued, self.expires, self.authenticatedWithMFA) = (issued, expires, authenticatedWithMFA)
        (self.sessionPolicy, self.sessionPolicyARNs) = (sessionPolicy, sessionPolicyARNs)
        (self.tags, self.transitiveTagKeys) = (tags, transitiveTagKeys)
        (self.sourceIdentity, self.federatedProvider) = (sourceIdentity, federatedProvider)
        self.signInSession = signInSession
        (self.delivery, self.isChained, self.providerKeys) = (delivery, isChained, providerKeys)
    }

    /// Whether an identity provider vouched for whoever it is.
    public var isVouchedFor: Bool { origin == .assumeRoleWithWebIdentity || origin == .assumeRoleWithSAML }

    /// Whether session policies were passed.
    public var isNarrowed: Bool { sessionPolicy != nil || !sessionPolicyARNs.isEmpty }
}
