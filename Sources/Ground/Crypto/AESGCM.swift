import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D), 12-byte nonces, 16-byte tags. Any thread may use one key.
///
/// A nonce must never be used twice with one key; the caller sees to that.
public final class AESGCM: @unchecked Sendable {
    public static let keyByteCount = 32
    public static let nonceByteCount = 12
    public static let tagByteCount = 16

    /// What fails to open: a wrong key, nonce, tag or associated text. Deliberately without detail.
    public struct AuthenticationFailed: Error {}

    // The C object keeps the key and is safe for any number of threads; freed in deinit.
    private let gcm: OpaquePointer

    public init(key: borrowing SecretBytes) {
        precondition(key.count == AESGCM.keyByteCount, "AES-256 takes a key of 32 bytes")
        let made = key.withBuffer { gh_gcm_new($0.baseAddress?.assumingMemoryBound(to: UInt8.self)) }
        guard let made else { preconditionFailure("OpenSSL offers no AES-256-GCM") }
        gcm = made
    }

    deinit { gh_gcm_free(gcm) }

    /// The encrypted bytes followed by the tag.
    public func seal(_ clear: [UInt8], nonce: [UInt8], associated: [UInt8] = []) -> [UInt8] {
        var buffer = [UInt8](unsafeUninitializedCapacity: clear.count + AESGCM.tagByteCount) { buffer, count in
            _ = buffer.update(fromContentsOf: clear)
            count = clear.count
        }
        buffer += sealInPlace(&buffer, nonce: nonce, associated: associated)
        return buffer
    }

    /// Opens what `seal` gave.
    public func open(_ sealed: [UInt8], nonce: [UInt8], associated: [UInt8] = []) throws(AuthenticationFailed)
        -> [UInt8]
    {
        guard sealed.count >= AESGCM.tagByteCount else { throw AuthenticationFailed() }
        var buffer = sealed
        let end = buffer.count - AESGCM.tagByteCount
        try openInPlace(&buffer, 0..<end, tag: Array(sealed[end...]), nonce: nonce, associated: associated)
        buffer.removeLast(AESGCM.tagByteCount)
        return buffer
    }

    /// As above, of a secret.
    public func seal(_ secret: borrowing SecretBytes, nonce: [UInt8], associated: [UInt8] = []) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        let sealed = [UInt8](unsafeUninitializedCapacity: secret.count + AESGCM.tagByteCount) { buffer, count in
            let out = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: secret.count)
            let done = secret.withBuffer { crypt(sealing: true, $0, out, &tag, nonce, associated) }
            precondition(done, "AES-256-GCM could not encrypt")
            count = secret.count
        }
        return sealed + tag
    }

    /// Opens a secret into guarded memory, without a copy elsewhere.
    public func openSecret(
        _ sealed: ArraySlice<UInt8>, nonce: [UInt8], associated: [UInt8] = []
    ) throws(AuthenticationFailed) -> SecretBytes {
        guard sealed.count >= AESGCM.tagByteCount, nonce.count == AESGCM.nonceByteCount else {
            throw AuthenticationFailed()
        }
        var tag = Array(sealed.suffix(AESGCM.tagByteCount))
        let count = sealed.count - AESGCM.tagByteCount
        var isOpen = false
        let secret = SecretBytes(count: count) { out in
            isOpen = sealed.withUnsafeBytes {
                crypt(
                    sealing: false, UnsafeRawBufferPointer(rebasing: $0[..<count]), out, &tag, nonce, associated)
            }
        }
        guard isOpen else { throw AuthenticationFailed() }
        return secret
    }

    /// Encrypts `range` of `buffer`, all by default, where it lies. Gives the tag.
    public func sealInPlace(
        _ buffer: inout [UInt8], _ range: Range<Int>? = nil, nonce: [UInt8], associated: [UInt8] = []
    ) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        let done = crypt(sealing: true, &buffer, range ?? 0..<buffer.count, &tag, nonce, associated)
        precondition(done, "AES-256-GCM could not encrypt")
        return tag
    }

    /// Decrypts `range` of `buffer` where it lies; where the tag is wrong, zeroes it and throws.
    public func openInPlace(
        _ buffer: inout [UInt8], _ range: Range<Int>? = nil, tag: [UInt8], nonce: [UInt8], associated: [UInt8] = []
    ) throws(AuthenticationFailed) {
        var tag = tag
        guard tag.count == AESGCM.tagByteCount, nonce.count == AESGCM.nonceByteCount,
            crypt(sealing: false, &buffer, range ?? 0..<buffer.count, &tag, nonce, associated)
        else { throw AuthenticationFailed() }
    }

    private func crypt(
        sealing: Bool, _ buffer: inout [UInt8], _ range: Range<Int>, _ tag: inout [UInt8], _ nonce: [UInt8],
        _ associated: [UInt8]
    ) -> Bool {
        buffer.withUnsafeMutableBytes { buffer in
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[range])
            return crypt(sealing: sealing, UnsafeRawBufferPointer(part), part, &tag, nonce, associated)
        }
    }

    /// `output` has as many bytes as `input`, and may be it.
    private func crypt(
        sealing: Bool, _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, _ tag: inout [UInt8],
        _ nonce: [UInt8], _ associated: [UInt8]
    ) -> Bool {
        precondition(nonce.count == AESGCM.nonceByteCount, "the nonce has 12 bytes")
        return gh_gcm_crypt(
            gcm, sealing ? 1 : 0, nonce, associated, associated.count, input.baseAddress, input.count,
            output.baseAddress, &tag) == 1
    }
}
