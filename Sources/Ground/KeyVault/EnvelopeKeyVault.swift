public import Crypto
import World

/// A vault whose keys lie sealed in the data folder: by a token, or by a root in this process that was rotated.
///
/// Each purpose has two keys of its own. All are opened at the start and stay in guarded memory while the server runs, so
/// that nothing waits for the token later; the root that seals them never leaves the token.
public final class EnvelopeKeyVault: KeyVault, CustomStringConvertible {
    private let keys: [String: SecretKeeper]
    private let sealers: [KeyPurpose: AESGCM]
    private let place: String

    /// Opens all keys.
    /// - Parameter folder: where keys that a newer version needs are written, once they are made; nil to make none. What the
    ///   file's list names is never made anew.
    init(_ file: RootFile, _ sealer: some DataKeySealer, folder: String?) throws(KeyVaultError) {
        var keys = try file.open(by: sealer)
        var missing: [String: SecretKeeper] = [:]
        for use in EnvelopeKeyVault.uses where folder != nil && keys[use] == nil {
            missing[use] = SecretKeeper(SecretBytes(randomCount: AESGCM.keyByteCount))
        }
        if let folder, !missing.isEmpty {
            var file = file
            try file.add(missing, by: sealer)
            try PrivateFile.replace(folder + "/" + RootKey.fileName, file.text)
            keys.merge(missing) { old, _ in old }
        }
        var sealers: [KeyPurpose: AESGCM] = [:]
        for purpose in KeyPurpose.allCases {
            guard let key = keys[KeyUse.seal.name(purpose)] else { continue }
            sealers[purpose] = AESGCM(key: key.secret)
        }
        (self.keys, self.sealers) = (keys, sealers)
        place = file.method == .hsm ? "key vault under an HSM" : "software key vault, rotated"
    }

    static let uses = KeyPurpose.allCases.flatMap { purpose in KeyUse.allCases.map { $0.name(purpose) } }

    /// In this process.
    public func seal(
        _ clear: [UInt8], for purpose: KeyPurpose, context: SealContext
    ) throws(KeyVaultError) -> [UInt8] {
        SealedText.seal(clear, try sealer(purpose), context)
    }

    /// In this process.
    public func unseal(
        _ sealed: [UInt8], for purpose: KeyPurpose, context: SealContext
    ) throws(KeyVaultError) -> [UInt8] {
        try SealedText.open(sealed, try sealer(purpose), context)
    }

    /// A copy.
    public func derive(_ purpose: KeyPurpose) throws(KeyVaultError) -> SecretBytes {
        try key(KeyUse.derive.name(purpose)).secret.copy()
    }

    /// For logs.
    public var description: String { place }

    /// Every key, to be sealed by another root.
    var allKeys: [String: SecretKeeper] { keys.filter { !$0.key.hasPrefix(FormerRoot.prefix) } }

    /// The root before, where the file names one.
    func former() throws(KeyVaultError) -> FormerRoot? { try FormerRoot(keys) }

    private func sealer(_ purpose: KeyPurpose) throws(KeyVaultError) -> AESGCM {
        guard let sealer = sealers[purpose] else { throw .notOpened }
        return sealer
    }

    private func key(_ use: String) throws(KeyVaultError) -> SecretKeeper {
        guard let key = keys[use] else { throw .notOpened }
        return key
    }
}

/// A secret that several may hold, as in a dictionary.
public final class SecretKeeper: Sendable {
    public let secret: SecretBytes

    /// Takes it.
    public init(_ secret: consuming SecretBytes) { self.secret = secret }
}
