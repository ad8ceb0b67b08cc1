import Crypto

/// Seals data keys and small contents under one key, the store's or one that was lent, bound to the blob's id. Nonce (12), ciphertext, tag (16).
final class BlobSealer: Sendable {
    enum Use: UInt8 { case key = 1, content = 2, note = 3 }
    static let sealedKeyByteCount = AESGCM.nonceByteCount + AESGCM.keyByteCount + AESGCM.tagByteCount

    private let key: AESGCM

    init(key: borrowing SecretBytes) { self.key = AESGCM(key: key) }

    func seal(_ clear: [UInt8], _ use: Use, _ id: BlobID) -> [UInt8] {
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        return nonce + key.seal(clear, nonce: nonce, associated: [use.rawValue] + id.bytes)
    }

    func open(_ sealed: [UInt8], _ use: Use, _ id: BlobID) throws(BlobError) -> [UInt8] {
        guard sealed.count >= AESGCM.nonceByteCount + AESGCM.tagByteCount else { throw .invalidReference }
        let nonce = Array(sealed.prefix(AESGCM.nonceByteCount))
        do {
            return try key.open(
                Array(sealed.dropFirst(AESGCM.nonceByteCount)), nonce: nonce, associated: [use.rawValue] + id.bytes)
        } catch { throw use == .content ? .corrupt(id, frame: 0) : .invalidReference }
    }

    /// A new data key, in use and sealed.
    func newDataKey(_ id: BlobID) -> (AESGCM, sealed: [UInt8]) {
        var clear = SecureRandom.bytes(AESGCM.keyByteCount)
        let sealed = seal(clear, .key, id)
        return (AESGCM(key: SecretBytes(taking: &clear)), sealed)
    }

    func dataKey(_ sealed: [UInt8], _ id: BlobID) throws(BlobError) -> AESGCM {
        var clear = try open(sealed, .key, id)
        guard clear.count == AESGCM.keyByteCount else { throw .invalidReference }
        return AESGCM(key: SecretBytes(taking: &clear))
    }
}
