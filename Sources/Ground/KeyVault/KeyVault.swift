public import Crypto

/// Where keys are kept. Secrets of others are sealed here and opened here; the root key never leaves.
///
/// Under it lies a software root, or a PKCS #11 token. Every purpose has a key of its own.
public protocol KeyVault: Sendable {
    /// Encrypts `clear` so that only the same purpose and context open it. 29 bytes longer than `clear`.
    func seal(_ clear: [UInt8], for purpose: KeyPurpose, context: SealContext) throws(KeyVaultError) -> [UInt8]

    /// Opens what `seal` gave. The caller zeroes the result when it has done with it.
    /// - Throws: `.notOpened` for another purpose or context, a changed text, or another root key.
    func unseal(_ sealed: [UInt8], for purpose: KeyPurpose, context: SealContext) throws(KeyVaultError) -> [UInt8]

    /// A key of 32 bytes that depends on the root and the purpose alone, for those who must hold one themselves:
    /// session tokens, blobs. Never the key that `seal` uses for the same purpose.
    func derive(_ purpose: KeyPurpose) throws(KeyVaultError) -> SecretBytes
}

extension KeyVault {
    /// Opens into guarded memory.
    public func unsealSecret(
        _ sealed: [UInt8], for purpose: KeyPurpose, context: SealContext
    ) throws(KeyVaultError) -> SecretBytes {
        var clear = try unseal(sealed, for: purpose, context: context)
        return SecretBytes(taking: &clear)
    }
}

/// What a sealed text belongs to, such as an account and a key id. Authenticated with it, not stored in it.
///
/// Parts are delimited by their lengths, so that no two lists of parts are the same context.
public struct SealContext: Hashable, Sendable {
    /// The parts, each behind its length: four bytes, greatest first.
    public let bytes: [UInt8]

    public init(_ parts: String...) {
        var bytes: [UInt8] = []
        for part in parts {
            let count = UInt32(part.utf8.count)
            for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
            bytes.append(contentsOf: part.utf8)
        }
        self.bytes = bytes
    }

    /// The bytes of the first parts; of all where there are not so many.
    public func leading(_ count: Int) -> ArraySlice<UInt8> {
        var end = 0
        for _ in 0..<count where end < bytes.count {
            end += 4 + bytes[end..<end + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        return bytes[..<end]
    }
}
