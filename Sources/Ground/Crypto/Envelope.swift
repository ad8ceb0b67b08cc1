/// A text under a key that was made for it alone, with AES-256-GCM: nonce, text and tag in one. The key is kept beside it,
/// itself encrypted by somebody else.
public enum Envelope {
    /// - Parameter key: 32 bytes, which are zeroed.
    /// - Parameter associated: what the text belongs to; it opens as nothing else.
    public static func seal(_ clear: [UInt8], under key: inout [UInt8], associated: [UInt8]) -> [UInt8] {
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        return nonce + AESGCM(key: SecretBytes(taking: &key)).seal(clear, nonce: nonce, associated: associated)
    }

    /// Opens what `seal` gave. The key is zeroed here too.
    public static func open(
        _ sealed: [UInt8], under key: inout [UInt8], associated: [UInt8]
    ) throws(AESGCM.AuthenticationFailed) -> [UInt8] {
        guard key.count == AESGCM.keyByteCount, sealed.count > AESGCM.nonceByteCount else {
            throw AESGCM.AuthenticationFailed()
        }
        let nonce = Array(sealed[..<AESGCM.nonceByteCount])
        return try AESGCM(key: SecretBytes(taking: &key)).open(
            Array(sealed[AESGCM.nonceByteCount...]), nonce: nonce, associated: associated)
    }
}
