import KeyVault

extension KeyPurpose {
    /// Steps of a sign-in that is under way, as the browser holds them.
    static let signInSteps = KeyPurpose("sign-in-steps")
    /// Temporary credentials behind a session of the console, and behind what is good once.
    static let consoleGrants = KeyPurpose("console-grants")
    /// Refresh tokens, made of the codes they follow.
    static let refreshTokens = KeyPurpose("refresh-tokens")
    /// What tells a tool who signed in.
    static let identityTokens = KeyPurpose("identity-tokens")
    /// Tokens against forged requests.
    static let forgeryTokens = KeyPurpose("forgery-tokens")
}
