import COpenSSL

/// A key for each text, derived of one material that is used for nothing else: AES-256-GCM under the derived key.
///
/// The material never meets two texts under one key, so the bound of 2³² texts that AES-GCM's random nonces set does not apply
/// to it: two texts would have to share 128 random bits as well as their nonce.
/// - Source: NIST SP 800-108 revision 1, section 4.1, counter mode: HMAC-SHA-256, a counter of 32 bits before the fixed input,
///   which is label, a zero byte, context, and the length in bits, in 32 bits. NIST SP 800-38D.
public final class TextKeys: @unchecked Sendable {
    /// The random bytes that make a text's key.
    public static let textByteCount = 16
    static let label = Array("gatehouse kms text".utf8)

    // The C object keeps the material and is safe for any number of threads; freed in deinit.
    private let keys: OpaquePointer

    /// Takes 32 bytes.
    public init(_ material: borrowing SecretBytes) {
        precondition(material.count == 32, "keys of texts are derived of 32 bytes")
        let made = material.withBuffer { gh_text_keys_new($0.baseAddress?.assumingMemoryBound(to: UInt8.self)) }
        guard let made else { preconditionFailure("OpenSSL offers no HMAC") }
        keys = made
    }

    deinit { gh_text_keys_free(keys) }

    /// The key of a text.
    public func key(of text: [UInt8]) -> SecretBytes {
        var isDone = false
        let key = SecretBytes(count: AESGCM.keyByteCount) { out in
            let label = TextKeys.label
            isDone =
                gh_text_keys_derive(
                    keys, label, label.count, text, text.count, out.baseAddress?.assumingMemoryBound(to: UInt8.self))
                == 1
        }
        precondition(isDone, "a key could not be derived")
        return key
    }

    /// The text's 16 bytes, nonce (12), ciphertext and tag (16). The 16 bytes are authenticated, before `associated`.
    public func seal(_ clear: [UInt8], text: [UInt8], nonce: [UInt8], associated: [UInt8]) -> [UInt8] {
        var sealed: [UInt8] = []
        let start = text.count + nonce.count
        sealed.reserveCapacity(start + clear.count + AESGCM.tagByteCount)
        sealed += text
        sealed += nonce
        sealed += clear
        var tag = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        let done = crypt(true, text, &sealed, start..<sealed.count, nonce, text + associated, &tag)
        precondition(done, "AES-256-GCM could not encrypt")
        sealed += tag
        return sealed
    }

    /// Opens what `seal` gave.
    public func open(_ sealed: [UInt8], associated: [UInt8]) throws(AESGCM.AuthenticationFailed) -> [UInt8] {
        guard let parts = DerivedText.Parts(sealed) else { throw AESGCM.AuthenticationFailed() }
        var (clear, tag) = (parts.sealed, parts.tag)
        guard crypt(false, parts.text, &clear, 0..<clear.count, parts.nonce, parts.text + associated, &tag) else {
            throw AESGCM.AuthenticationFailed()
        }
        return clear
    }

    private func crypt(
        _ sealing: Bool, _ text: [UInt8], _ buffer: inout [UInt8], _ range: Range<Int>, _ nonce: [UInt8],
        _ associated: [UInt8], _ tag: inout [UInt8]
    ) -> Bool {
        let label = TextKeys.label
        return buffer.withUnsafeMutableBytes { buffer in
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[range])
            return gh_text_keys_crypt(
                keys, label, label.count, text, text.count, sealing ? 1 : 0, nonce, associated, associated.count,
                part.baseAddress, part.count, part.baseAddress, &tag) == 1
        }
    }
}

/// A text under a key of its own: what is the same wherever that key is derived.
public enum DerivedText {
    private static let start = TextKeys.textByteCount + AESGCM.nonceByteCount

    /// What a token's HMAC is asked for, to derive the key of a text: the one block that 256 bits need.
    public static func input(_ text: [UInt8]) -> [UInt8] {
        [0, 0, 0, 1] + TextKeys.label + [0] + text + [0, 0, 1, 0]
    }

    /// As `TextKeys.seal`, with a key derived elsewhere.
    public static func seal(
        _ clear: [UInt8], with key: borrowing SecretBytes, text: [UInt8], nonce: [UInt8], associated: [UInt8]
    ) -> [UInt8] {
        var sealed: [UInt8] = []
        sealed.reserveCapacity(start + clear.count + AESGCM.tagByteCount)
        sealed += text
        sealed += nonce
        sealed += clear
        var tag = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        let done = crypt(true, key, &sealed, start..<sealed.count, nonce, text + associated, &tag)
        precondition(done, "AES-256-GCM could not encrypt")
        return sealed + tag
    }

    /// The bytes that make the key of a text that was sealed; nil where it is too short to be one.
    public static func text(of sealed: [UInt8]) -> [UInt8]? {
        sealed.count >= start + AESGCM.tagByteCount ? Array(sealed[..<TextKeys.textByteCount]) : nil
    }

    /// What a sealed text consists of.
    struct Parts {
        let text, nonce, sealed, tag: [UInt8]

        /// Nil where it is too short to be one.
        init?(_ whole: [UInt8]) {
            let end = whole.count - AESGCM.tagByteCount
            guard end >= start else { return nil }
            (text, nonce) = (Array(whole[..<TextKeys.textByteCount]), Array(whole[TextKeys.textByteCount..<start]))
            (sealed, tag) = (Array(whole[start..<end]), Array(whole[end...]))
        }
    }

    /// As `TextKeys.open`, with a key derived elsewhere.
    public static func open(
        _ sealed: [UInt8], with key: borrowing SecretBytes, associated: [UInt8]
    ) throws(AESGCM.AuthenticationFailed) -> [UInt8] {
        guard let parts = Parts(sealed) else { throw AESGCM.AuthenticationFailed() }
        var (clear, tag) = (parts.sealed, parts.tag)
        guard crypt(false, key, &clear, 0..<clear.count, parts.nonce, parts.text + associated, &tag) else {
            throw AESGCM.AuthenticationFailed()
        }
        return clear
    }

    private static func crypt(
        _ sealing: Bool, _ key: borrowing SecretBytes, _ buffer: inout [UInt8], _ range: Range<Int>, _ nonce: [UInt8],
        _ associated: [UInt8], _ tag: inout [UInt8]
    ) -> Bool {
        key.withBuffer { key in
            precondition(key.count == AESGCM.keyByteCount, "a key of AES-256 has 32 bytes")
            return buffer.withUnsafeMutableBytes { buffer in
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[range])
                return gh_gcm_once(
                    key.baseAddress?.assumingMemoryBound(to: UInt8.self), sealing ? 1 : 0, nonce, associated,
                    associated.count, part.baseAddress, part.count, part.baseAddress, &tag) == 1
            }
        }
    }
}
