public import AWS
public import World

/// The FIDO security keys of users and of root users, for sign-in and for whoever else takes one for a second factor.
///
/// A browser signs a challenge with a key: `challenge` first, then `check`.
/// - Source: Web Authentication Level 2, section 7.2.
public protocol SecurityKeys: Sendable {
    /// A challenge that is good for five minutes and once, for the keys that the principal has enabled at pages of that
    /// host; nil where there is none.
    func challenge(for principal: Principal, host: String, now: Instant) throws -> SecurityKeyChallenge?

    /// A challenge for whoever is signing in; with nil, one that leads nowhere. Both look alike, and no keys are
    /// named: the browser asks those that know the page.
    func challenge(forSignInOf principal: Principal?, now: Instant) throws -> String

    /// Checks what a key signed, and uses the challenge up, in a write of its own that is synced before the answer.
    func check(_ assertion: SecurityKeyAssertion, of principal: Principal, now: Instant) async throws -> FactorCheck
}

/// What a browser hands to a key, in the URL form of Base64.
public struct SecurityKeyChallenge: Sendable, Hashable {
    public let challenge: String
    /// The ids of the keys that can answer it.
    public let credentials: [String]

    /// A challenge with the keys it is for.
    public init(challenge: String, credentials: [String]) {
        (self.challenge, self.credentials) = (challenge, credentials)
    }
}

/// What a browser brings from a key.
public struct SecurityKeyAssertion: Sendable {
    public let credential, clientData, authenticatorData, signature: [UInt8]

    /// The four parts as bytes.
    public init(credential: [UInt8], clientData: [UInt8], authenticatorData: [UInt8], signature: [UInt8]) {
        (self.credential, self.clientData) = (credential, clientData)
        (self.authenticatorData, self.signature) = (authenticatorData, signature)
    }
}
