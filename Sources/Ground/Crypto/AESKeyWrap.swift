import COpenSSL

/// AES-256 key wrap with padding (RFC 5649; NIST SP 800-38F, KWP).
public enum AESKeyWrap {
    /// The key wrapped: eight bytes more than it, rounded up to a multiple of eight. Nil where it is empty.
    public static func wrap(_ secret: borrowing SecretBytes, under key: borrowing SecretBytes) -> [UInt8]? {
        guard key.count == 32, secret.count > 0 else { return nil }
        return key.withBuffer { key in
            secret.withBuffer { secret in
                let bytes = [UInt8](unsafeUninitializedCapacity: secret.count + 16) { buffer, count in
                    count = max(0, Int(run(key, sealing: true, secret, buffer)))
                }
                return bytes.isEmpty ? nil : bytes
            }
        }
    }

    /// Opens what `wrap` gave; nil where key or text is another.
    public static func unwrap(_ wrapped: [UInt8], under key: borrowing SecretBytes) -> SecretBytes? {
        guard key.count == 32 else { return nil }
        var room = [UInt8](repeating: 0, count: wrapped.count + 16)
        defer { room.zero() }
        let count = key.withBuffer { key in
            wrapped.withUnsafeBytes { wrapped in
                room.withUnsafeMutableBufferPointer { run(key, sealing: false, wrapped, $0) }
            }
        }
        guard count > 0 else { return nil }
        return SecretBytes(taking: &room, count: Int(count))
    }

    /// `output` has 16 bytes more than the input.
    private static func run(
        _ key: UnsafeRawBufferPointer, sealing: Bool, _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int32 {
        gh_key_wrap(
            key.baseAddress?.assumingMemoryBound(to: UInt8.self), sealing ? 1 : 0, input.baseAddress, input.count,
            output.baseAddress)
    }
}
