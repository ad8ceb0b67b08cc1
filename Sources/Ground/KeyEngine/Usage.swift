import Crypto

/// What every engine checks alike before it uses a key, so that both refuse the same things in the same words.
enum Usage {
    static let wrongKind = KeyEngineError.invalid("the key is of another kind")
    /// The one answer to every text that does not open.
    static let unopened = KeyEngineError.invalid("the text does not open with this key")

    static func check(
        _ message: SignedMessage, _ algorithm: SigningAlgorithm, _ key: EngineKey, _ isSupported: Bool
    ) throws(KeyEngineError) {
        guard case .pair(let kind) = key.kind, algorithm.fits(kind) else {
            throw .invalid("\(algorithm.rawValue) is no algorithm of this key")
        }
        guard isSupported else { throw .unsupported(algorithm.rawValue) }
        switch message {
        case .raw: return
        case .digest where algorithm == .ed25519: throw .invalid("\(algorithm.rawValue) signs messages, not digests")
        case .digest(let bytes):
            guard bytes.count != algorithm.digest.byteCount else { return }
            throw .invalid(
                "the digest has \(bytes.count) bytes; \(algorithm.rawValue) signs one of \(algorithm.digest.byteCount)")
        }
    }

    /// More bytes than the public half of any curve's pair has.
    private static let longestPeer = 256

    static func peer(_ der: [UInt8], of key: EngineKey) throws(KeyEngineError) -> PublicKeyInfo {
        guard case .pair(let kind) = key.kind, kind.coordinateBytes != nil else { throw wrongKind }
        // The check of a long RSA key takes milliseconds, and it would be none of the curve.
        guard der.count <= longestPeer, let peer = PublicKeyInfo(der: der), peer.kind == kind else {
            throw .invalid("the peer's public key is not one of the same curve")
        }
        return peer
    }
}
