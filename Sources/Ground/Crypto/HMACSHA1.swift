/// HMAC with SHA-1 (RFC 2104), which S3's links of Signature Version 2 are signed with; nothing else is.
public enum HMACSHA1 {
    public static let byteCount = SHA1.byteCount
    private static let blockCount = 64

    public static func authenticate(_ bytes: [UInt8], key: borrowing SecretBytes) -> [UInt8] {
        var block = key.withBuffer { key in
            key.count > blockCount ? DigestAlgorithm.sha1.hash(key) : [UInt8](key)
        }
        block += [UInt8](repeating: 0, count: blockCount - block.count)
        var inner = block.map { $0 ^ 0x36 } + bytes
        var outer = block.map { $0 ^ 0x5C } + SHA1.hash(inner)
        defer {
            block.zero()
            inner.zero()
            outer.zero()
        }
        return SHA1.hash(outer)
    }
}
