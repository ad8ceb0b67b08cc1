import COpenSSL

/// Signatures by ECDSA on P-256 with SHA-256, as JSON web tokens have them: `ES256`.
/// - Source: RFC 7518, section 3.4.
public enum P256Signature {
    /// Bytes of a coordinate, and of each half of a signature.
    public static let width = 32

    /// A public key of this curve up to its point, as SubjectPublicKeyInfo (RFC 5480).
    private static let head: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
        0xCE,
        0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ]

    /// Whether `signature` (two numbers of 32 bytes) over `bytes` is by the key of that point. False for a point that does
    /// not lie on the curve.
    public static func verifies(_ signature: [UInt8], of bytes: [UInt8], x: [UInt8], y: [UInt8]) -> Bool {
        guard x.count == width, y.count == width, signature.count == 2 * width else { return false }
        let info = head + x + y
        let key = info.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            // Read within the call; nothing of it is kept.
            var start = buffer.baseAddress
            return d2i_PUBKEY(nil, &start, buffer.count)
        }
        guard let key, let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
        }
        let form = ECDSASignature.der(signature)
        guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, form, form.count, bytes, bytes.count) == 1
    }
}
