import CPKCS11
import World

/// The way of keys from one token to another: what leaves the one can be opened in the other alone.
///
/// The token that is to have the keys makes an RSA pair. The token that has them makes an AES key, wraps a key with it (RFC 5649) and
/// that with the pair's public half (RSAES-OAEP); the other unwraps both. This process passes on what is wrapped.
public final class TokenTransport: Sendable {
    private struct Pair {
        let generation: Int
        let privateKey: UInt
        let modulus, exponent: [UInt8]
    }

    private let source, target: TokenKeys
    private let pair = Lock<Pair?>(nil)

    private static let modulusBits = 3072
    /// The one padding that every token with OAEP has.
    private static let padding = Mechanism.oaep(hash: CKM_SHA_1, mask: UInt(CKG_MGF1_SHA1))

    /// Touches nothing yet.
    public init(from source: TokenKeys, to target: TokenKeys) { (self.source, self.target) = (source, target) }

    /// The same key under the root of the other token. Waits for both.
    public func carry(_ key: TokenKeys.Bound, binding: [UInt8]) throws(PKCS11Error) -> TokenKeys.Bound {
        try unsupportedNamed("the way of keys from one token to another") { () throws(PKCS11Error) in
            let pair = try ready()
            let sent = try source.send(key, modulus: pair.modulus, exponent: pair.exponent, TokenTransport.padding)
            return try target.receive(
                sent.key, sent.opener, as: key.kind, binding, with: (pair.privateKey, pair.generation),
                TokenTransport.padding)
        }
    }

    private func ready() throws(PKCS11Error) -> Pair {
        try target.root.use { lent, _ throws(PKCS11Error) in
            if let pair = pair.withLock({ $0 }), pair.generation == lent.generation { return pair }
            let made = try lent.session.generatePair(
                .plain(CKM_RSA_PKCS_KEY_PAIR_GEN),
                public: [
                    .token(false), .isPrivate(false), .may(.wrap), .may(.encrypt),
                    .modulusBits(TokenTransport.modulusBits), .publicExponent([1, 0, 1]),
                ],
                private: [
                    .token(false), .isPrivate(true), .sensitive(true), .extractable(false), .may(.unwrap),
                    .may(.decrypt),
                ])
            defer { lent.session.destroy(made.publicKey) }
            let pair = Pair(
                generation: lent.generation, privateKey: made.privateKey,
                modulus: try lent.session.attribute(CKA_MODULUS, of: made.publicKey),
                exponent: try lent.session.attribute(CKA_PUBLIC_EXPONENT, of: made.publicKey))
            self.pair.withLock { $0 = pair }
            return pair
        }
    }
}
