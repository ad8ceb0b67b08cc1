/// What a key is for. Two purposes never share a key; a name never changes once data is sealed under it.
///
/// All stand here, so that none is forgotten when the keys of a data folder move under another root.
public enum KeyPurpose: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// Secret access keys of users.
    case accessKeySecrets = "access-key-secrets"
    /// Private keys of server certificates.
    case serverCertificateKeys = "server-certificate-keys"
    /// Challenges that security keys sign.
    case keyChallenges = "key-challenges"
    /// Seeds of devices that show one-time passwords.
    case factorSeeds = "factor-seeds"
    /// Session tokens of STS.
    case sessionTokens = "session-tokens"
    /// Messages that denials carry, for STS to decode.
    case authorizationMessages = "authorization-messages"
    /// Data keys of blobs.
    case blobs = "blobs"
    /// Hashes of passwords.
    case passwords = "passwords"
    /// Keys of SAML providers.
    case samlProviderKeys = "saml-provider-keys"
    /// Keys that sign the tokens accounts issue.
    case outboundIdentityKeys = "outbound-identity-keys"
    /// The key of the local certificate authority.
    case localAuthority = "local-authority"
    /// Steps of a sign-in that is under way, as the browser holds them.
    case signInSteps = "sign-in-steps"
    /// Temporary credentials behind a session of the console, and behind what is good once.
    case consoleGrants = "console-grants"
    /// Refresh tokens, made of the codes they follow.
    case refreshTokens = "refresh-tokens"
    /// What tells a tool who signed in.
    case identityTokens = "identity-tokens"
    /// Tokens against forged requests.
    case forgeryTokens = "forgery-tokens"
    /// Keys of backups, one for each.
    case backups = "backups"
    /// Passwords of custom key stores.
    case keyStorePasswords = "key-store-passwords"
    /// Keys of KMS.
    case serviceKeys = "service-keys"

    /// Its name in what is derived.
    public var name: String { rawValue }
    /// The same.
    public var description: String { rawValue }
}
