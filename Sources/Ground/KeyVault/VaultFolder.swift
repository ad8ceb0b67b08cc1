public import PKCS11
import Crypto

/// The vault of a data folder, as its file `root` has it.
public struct VaultFolder: Sendable {
    /// The vault.
    public let vault: any KeyVault
    /// The root in a token, for the key engine to share; nil under a software root.
    public let tokenRoot: TokenRoot?

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
                return VaultFolder(SoftwareKeyVault(root: try RootKey.create(protection, folder: folder)), nil)
            }
            let (root, file) = try freshRoot(in: token)
            let vault = try EnvelopeKeyVault(file, DeviceSealer(root: root), folder: folder)
            return VaultFolder(vault, root)
        }
        if file.method == .hsm, case .hsm(let token) = protection {
            let root = TokenRoot(token, id: file.salt)
            do { try root.selfTest() } catch { throw .device("\(error)") }
            let vault = try EnvelopeKeyVault(file, DeviceSealer(root: root), folder: isReadOnly ? nil : folder)
            return VaultFolder(vault, root)
        }
        let root = try RootKey.unseal(file, protection, folder: folder)
        if file.version == 1 { return VaultFolder(SoftwareKeyVault(root: root), nil) }
        let vault = try EnvelopeKeyVault(file, SoftwareSealer(root), folder: isReadOnly ? nil : folder)
        return VaultFolder(vault, nil)
    }

    /// Gives the folder a new root, under the same kind of protection or another: every key below the root is sealed anew,
    /// and the file of the root takes the place of the old one in one step. No server may have the folder open.
    ///
    /// What the key engine wrapped is not the vault's, and does not come along: the caller asks before whether there is any.
    ///
    /// - Returns: how many keys were sealed anew.
    public static func rotate(
        _ folder: String, from old: RootProtection, to new: RootProtection
    ) throws(KeyVaultError) -> Int {
        let opened = try open(folder, protection: old, mayCreate: false)
        var keys: [String: SecretKeeper] = [:]
        if let software = opened.vault as? SoftwareKeyVault {
            for purpose in KeyPurpose.allCases {
                for use in KeyUse.allCases { keys[use.name(purpose)] = SecretKeeper(software.key(use, purpose)) }
            }
        } else if let envelope = opened.vault as? EnvelopeKeyVault {
            keys = envelope.allKeys
        }
        guard case .hsm(let token) = new else {
            let (root, file) = try RootKey.fresh(new, folder: folder, version: 2)
            return try replace(folder, file, keys, SoftwareSealer(root.secret))
        }
        let (root, file) = try freshRoot(in: token)
        return try replace(folder, file, keys, DeviceSealer(root: root))
    }

    /// What is written has been opened before the old root goes.
    private static func replace(
        _ folder: String, _ file: RootFile, _ keys: [String: SecretKeeper], _ sealer: some DataKeySealer
    ) throws(KeyVaultError) -> Int {
        var file = file
        try file.add(keys, by: sealer)
        try PrivateFile.replace(folder + "/" + RootKey.fileName, file.text)
        return keys.count
    }

    private init(_ vault: any KeyVault, _ tokenRoot: TokenRoot?) { (self.vault, self.tokenRoot) = (vault, tokenRoot) }

    private static func freshRoot(in token: Token) throws(KeyVaultError) -> (TokenRoot, RootFile) {
        let root = TokenRoot(token, id: SecureRandom.bytes(16))
        do {
            try root.create()
            try root.selfTest()
        } catch {
            // Nothing is under it yet. Where it cannot be removed either, the first error is the one to tell.
            do { try root.destroy() } catch {}
            throw .device("\(error)")
        }
        return (root, RootFile(version: 2, method: .hsm, salt: root.id, sealed: []))
    }
}
