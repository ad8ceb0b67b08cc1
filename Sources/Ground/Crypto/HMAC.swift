import COpenSSL

/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
    public static let byteCount = 32

    public static func authenticate(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        key.withUnsafeBytes { key in bytes.withUnsafeBytes { authenticate($0, key) } }
    }

    public static func authenticate(_ bytes: RawSpan, key: RawSpan) -> [UInt8] {
        key.withUnsafeBytes { key in bytes.withUnsafeBytes { authenticate($0, key) } }
    }

    public static func authenticate(_ bytes: [UInt8], key: borrowing SecretBytes) -> [UInt8] {
        key.withBuffer { key in bytes.withUnsafeBytes { authenticate($0, key) } }
    }

    static func authenticate(_ bytes: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer) -> [UInt8] {
        DigestAlgorithm.sha256.authenticate(bytes, key)
    }
}

/// HMAC with SHA-1 (RFC 2104), for S3's links of Signature Version 2 and for one-time passwords; nothing else.
public enum HMACSHA1 {
    public static let byteCount = SHA1.byteCount

    public static func authenticate(_ bytes: [UInt8], key: borrowing SecretBytes) -> [UInt8] {
        key.withBuffer { key in bytes.withUnsafeBytes { DigestAlgorithm.sha1.authenticate($0, key) } }
    }
}

extension DigestAlgorithm {
    fileprivate func authenticate(_ bytes: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer) -> [UInt8] {
        withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { result in
            let done = gh_hmac(
                identifier, key.baseAddress, key.count, bytes.baseAddress, bytes.count, result.baseAddress)
            precondition(done == 1, "OpenSSL offers no digest of this kind")
            defer { OPENSSL_cleanse(result.baseAddress, result.count) }
            return [UInt8](copying: UnsafeRawBufferPointer(result))
        }
    }
}

/// Keys from keys (RFC 5869) with SHA-256.
public enum HKDF {
    /// - Parameter count: 0 to 8,160 bytes.
    public static func derive(from input: borrowing SecretBytes, salt: [UInt8], info: [UInt8], count: Int)
        -> SecretBytes
    {
        precondition((0...255 * HMACSHA256.byteCount).contains(count), "HKDF gives at most 8,160 bytes")
        var key = input.withBuffer { secret in salt.withUnsafeBytes { HMACSHA256.authenticate(secret, $0) } }
        var output: [UInt8] = []
        var block: [UInt8] = []
        output.reserveCapacity(count + HMACSHA256.byteCount)
        defer {
            key.zero()
            block.zero()
        }
        var counter: UInt8 = 1
        while output.count < count {
            var text = block + info
            text.append(counter)
            block = HMACSHA256.authenticate(text, key: key)
            text.zero()
            output += block
            counter &+= 1
        }
        return SecretBytes(taking: &output, count: count)
    }
}
