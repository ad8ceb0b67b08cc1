public import World

/// What a SAML response offers whoever brings it to sign in, before it is used.
public protocol SAMLOffers: Sendable {
    /// The roles that the response may be used for. It is as good afterwards as before.
    /// - Parameter response: in Base64, as a browser posts it.
    /// - Throws: where it is no Base64, or names too many providers.
    func offers(in response: String, at now: Instant) async throws -> SAMLOffered
}

/// What a response names, and what of that its providers stand for.
public struct SAMLOffered: Sendable {
    /// Those whose provider signed for them, in the response's order.
    public let good: [SAMLOffer]
    /// What nobody signed, if nothing is good: a call with it is refused, and leaves its record where the role is there. Nil
    /// where the response names no role and provider of one account that can be read.
    public let claimed: SAMLOffer?

    /// As whoever read the response found it.
    public init(good: [SAMLOffer], claimed: SAMLOffer?) { (self.good, self.claimed) = (good, claimed) }
}

/// A role, and the provider who says that somebody may have it. Compared by their bytes, as policies compare.
public struct SAMLOffer: Sendable, Hashable {
    /// Both ARNs, as the assertion has them.
    public let role, provider: String

    /// Of one account.
    public init(role: String, provider: String) { (self.role, self.provider) = (role, provider) }

    /// Both are the same bytes.
    public static func == (one: SAMLOffer, other: SAMLOffer) -> Bool {
        one.role.hasSameBytes(as: other.role) && one.provider.hasSameBytes(as: other.provider)
    }

    /// Of the bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in role.utf8 { hasher.combine(byte) }
        for byte in provider.utf8 { hasher.combine(byte) }
    }
}
