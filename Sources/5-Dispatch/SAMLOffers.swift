public import World

/// What a SAML response offers whoever brings it to sign in, before it is used.
public protocol SAMLOffers: Sendable {
    /// The roles that the response may be used for, in its order.
    ///
    /// Where it names one, that one, unchecked: whoever goes on with it has it checked. Where it names several, those whose
    /// provider signed for them. The response is as good afterwards as before.
    /// - Parameter response: in Base64, as a browser posts it.
    /// - Throws: what a call with the response would be answered.
    func offers(in response: String, at now: Instant) async throws -> [SAMLOffer]
}

/// A role, and the provider who says that somebody may have it.
public struct SAMLOffer: Sendable, Hashable {
    /// Both ARNs, as the assertion has them.
    public let role, provider: String

    /// Of one account.
    public init(role: String, provider: String) { (self.role, self.provider) = (role, provider) }
}
