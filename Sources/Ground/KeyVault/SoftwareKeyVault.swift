public import Crypto
import World

/// A vault whose root key lies in this process: guarded memory, zeroed at the end.
///
/// Keys per purpose are derived with HKDF-SHA256.
public final class SoftwareKeyVault: KeyVault, CustomStringConvertible {
    private let root: SecretBytes
    private let sealers = Lock<[KeyPurpose: AESGCM]>([:])

    static let rootByteCount = 32
    private static let salt = Array("gatehouse vault 1".utf8)

    /// Takes the root key, 32 bytes.
    init(root: consuming SecretBytes) {
        precondition(root.count == SoftwareKeyVault.rootByteCount, "the root key has 32 bytes")
        self.root = root
    }

    /// A vault with a fresh root that is written nowhere: for servers that keep nothing.
    public static func ephemeral() -> SoftwareKeyVault {
        SoftwareKeyVault(root: SecretBytes(randomCount: rootByteCount))
    }

    public func seal(
        _ clear: [UInt8], for purpose: KeyPurpose, context: SealContext
    ) throws(KeyVaultError) -> [UInt8] {
        SealedText.seal(clear, sealer(purpose), context)
    }

    public func unseal(
        _ sealed: [UInt8], for purpose: KeyPurpose, context: SealContext
    ) throws(KeyVaultError) -> [UInt8] {
        try SealedText.open(sealed, sealer(purpose), context)
    }

    public func derive(_ purpose: KeyPurpose) throws(KeyVaultError) -> SecretBytes { key(.derive, purpose) }

    public var description: String { "software key vault" }

    private func sealer(_ purpose: KeyPurpose) -> AESGCM {
        sealers.withLock { sealers in
            if let sealer = sealers[purpose] { return sealer }
            let sealer = AESGCM(key: key(.seal, purpose))
            sealers[purpose] = sealer
            return sealer
        }
    }

    func key(_ use: KeyUse, _ purpose: KeyPurpose) -> SecretBytes {
        HKDF.derive(
            from: root, salt: SoftwareKeyVault.salt, info: Array(use.name(purpose).utf8),
            count: AESGCM.keyByteCount)
    }
}
