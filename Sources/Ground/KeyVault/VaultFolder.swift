public import PKCS11
import Crypto

/// The vault of a data folder, as its file `root` has it.
public struct VaultFolder: Sendable {
    /// The vault.
    public let vault: any KeyVault
    /// The root in a token, for the key engine to share; nil under a software root.
    public let tokenRoot: TokenRoot?
    /// The root before the present one, while keys of the key engine are still wrapped under it.
    public let former: FormerRoot?

    /// Opens the root of `folder`; where there is none, makes one.
    ///
    /// - Parameter mayCreate: false where the folder already holds data, which a new root could never open.
    /// - Parameter isReadOnly: whether the folder stays as it is, even where keys of a newer version are missing.
    /// - Throws: `.wrongKey` where the root is held or sealed by something else: a folder never changes its protection by
    ///   being opened.
    public static func open(
        _ folder: String, protection: RootProtection, mayCreate: Bool = true, isReadOnly: Bool = false
    ) throws(KeyVaultError) -> VaultFolder {
        guard let file = try RootKey.file(folder) else {
            guard mayCreate else {
                let path = folder + "/" + RootKey.fileName
                throw .rootFile(
                    "The data folder \(folder) holds data, but its root key (\(path)) is missing. Restore it.")
            }
            guard case .hsm(let token) = protection else {
                return VaultFolder(SoftwareKeyVault(root: try RootKey.create(protection, folder: folder)))
            }
            let (root, file) = try RootRotation.freshRoot(in: token)
            let vault = try EnvelopeKeyVault(file, DeviceSealer(root: root), folder: folder)
            return VaultFolder(vault, root)
        }
        if file.method == .hsm, case .hsm(let token) = protection {
            let root = TokenRoot(token, id: file.salt)
            do { try root.selfTest() } catch { throw .device("\(error)") }
            let vault = try EnvelopeKeyVault(file, DeviceSealer(root: root), folder: isReadOnly ? nil : folder)
            return VaultFolder(vault, root, try vault.former())
        }
        let root = try RootKey.unseal(file, protection, folder: folder)
        if file.version == 1 { return VaultFolder(SoftwareKeyVault(root: root)) }
        let vault = try EnvelopeKeyVault(file, SoftwareSealer(root), folder: isReadOnly ? nil : folder)
        return VaultFolder(vault, nil, try vault.former())
    }

    init(_ vault: any KeyVault, _ tokenRoot: TokenRoot? = nil, _ former: FormerRoot? = nil) {
        (self.vault, self.tokenRoot, self.former) = (vault, tokenRoot, former)
    }

    /// How many keys the vault has.
    public var count: Int { allKeys.count }

    /// Whether both hold the same keys, under the same root in a token, and tell of the same former root.
    func isSame(as other: VaultFolder) -> Bool {
        let (own, others) = (allKeys, other.allKeys)
        guard tokenRoot?.id == other.tokenRoot?.id, own.count == others.count else { return false }
        guard own.allSatisfy({ use, key in others[use]?.secret.equals(key.secret) ?? false }) else { return false }
        switch (former?.kept, other.former?.kept) {
        case (nil, nil): return true
        case (let one?, let two?): return one.use == two.use && one.key.secret.equals(two.key.secret)
        default: return false
        }
    }

    /// Every key of the vault, to be sealed by another root.
    var allKeys: [String: SecretKeeper] {
        guard let software = vault as? SoftwareKeyVault else { return (vault as? EnvelopeKeyVault)?.allKeys ?? [:] }
        var keys: [String: SecretKeeper] = [:]
        for purpose in KeyPurpose.allCases {
            for use in KeyUse.allCases { keys[use.name(purpose)] = SecretKeeper(software.key(use, purpose)) }
        }
        return keys
    }
}
