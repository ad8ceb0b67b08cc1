public import Crypto
import World

/// A vault whose root key lies in this process: guarded memory, zeroed at the end.
///
/// Keys per purpose are derived with HKDF-SHA256. A sealed text is version (1), nonce (12 random bytes), ciphertext and
/// tag (16) of AES-256-GCM. Random nonces allow 2³² texts per purpose (NIST SP 800-38D, section 8.3).
public final class SoftwareKeyVault: KeyVault, CustomStringConvertible {
    private let root: SecretBytes
    private let sealers = Lock<[KeyPurpose: AESGCM]>([:])

    static let rootByteCount = 32
    private static let version: UInt8 = 1
    private static let overhead = 1 + AESGCM.nonceByteCount + AESGCM.tagByteCount
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

    /// Opens the root key sealed in `folder`; where there is none, makes one.
    ///
    /// - Parameter mayCreate: false where the folder already holds data, which a new root could never open.
    public static func open(
        folder: String, protection: RootProtection, mayCreate: Bool = true
    ) throws(KeyVaultError) -> SoftwareKeyVault {
        SoftwareKeyVault(root: try RootKey.open(folder: folder, protection: protection, mayCreate: mayCreate))
    }

    public func seal(
        _ clear: [UInt8], for purpose: KeyPurpose, context: SealContext
    ) throws(KeyVaultError) -> [UInt8] {
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        let start = 1 + nonce.count
        var sealed: [UInt8] = []
        sealed.reserveCapacity(clear.count + SoftwareKeyVault.overhead)
        sealed.append(SoftwareKeyVault.version)
        sealed += nonce
        sealed += clear
        sealed += sealer(purpose).sealInPlace(
            &sealed, start..<start + clear.count, nonce: nonce, associated: context.bytes)
        return sealed
    }

    public func unseal(
        _ sealed: [UInt8], for purpose: KeyPurpose, context: SealContext
    ) throws(KeyVaultError) -> [UInt8] {
        guard sealed.count >= SoftwareKeyVault.overhead, sealed[0] == SoftwareKeyVault.version else { throw .notOpened }
        let start = 1 + AESGCM.nonceByteCount
        let end = sealed.count - AESGCM.tagByteCount
        var clear = Array(sealed[start..<end])
        do {
            try sealer(purpose).openInPlace(
                &clear, tag: Array(sealed[end...]), nonce: Array(sealed[1..<start]), associated: context.bytes)
        } catch { throw .notOpened }
        return clear
    }

    public func derive(_ purpose: KeyPurpose) throws(KeyVaultError) -> SecretBytes { key("derive", purpose) }

    public var description: String { "software key vault" }

    private func sealer(_ purpose: KeyPurpose) -> AESGCM {
        sealers.withLock { sealers in
            if let sealer = sealers[purpose] { return sealer }
            let sealer = AESGCM(key: key("seal", purpose))
            sealers[purpose] = sealer
            return sealer
        }
    }

    private func key(_ use: String, _ purpose: KeyPurpose) -> SecretBytes {
        HKDF.derive(
            from: root, salt: SoftwareKeyVault.salt, info: Array("\(use)/\(purpose.name)".utf8),
            count: AESGCM.keyByteCount)
    }
}
