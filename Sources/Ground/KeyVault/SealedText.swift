import Crypto

/// The two keys a purpose has.
enum KeyUse: String, CaseIterable {
    case seal, derive

    /// Its name in what is derived and in the file of the root.
    func name(_ purpose: KeyPurpose) -> String { "\(rawValue)/\(purpose.name)" }
}

/// What a vault seals: version (1), nonce (12 random bytes), ciphertext and tag (16) of AES-256-GCM.
///
/// Random nonces allow 2³² texts per key (NIST SP 800-38D, section 8.3), here per purpose; nothing counts them. Decision 0015
/// says what that means.
enum SealedText {
    private static let version: UInt8 = 1
    private static let overhead = 1 + AESGCM.nonceByteCount + AESGCM.tagByteCount

    static func seal(_ clear: [UInt8], _ key: AESGCM, _ context: SealContext) -> [UInt8] {
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        let start = 1 + nonce.count
        var sealed: [UInt8] = []
        sealed.reserveCapacity(clear.count + overhead)
        sealed.append(version)
        sealed += nonce
        sealed += clear
        sealed += key.sealInPlace(&sealed, start..<start + clear.count, nonce: nonce, associated: context.bytes)
        return sealed
    }

    static func open(_ sealed: [UInt8], _ key: AESGCM, _ context: SealContext) throws(KeyVaultError) -> [UInt8] {
        guard sealed.count >= overhead, sealed[0] == version else { throw .notOpened }
        let start = 1 + AESGCM.nonceByteCount
        let end = sealed.count - AESGCM.tagByteCount
        var clear = Array(sealed[start..<end])
        do {
            try key.openInPlace(
                &clear, tag: Array(sealed[end...]), nonce: Array(sealed[1..<start]), associated: context.bytes)
        } catch { throw .notOpened }
        return clear
    }
}
