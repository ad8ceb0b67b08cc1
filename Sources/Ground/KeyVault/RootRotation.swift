public import PKCS11
import Crypto

/// A change of the root of a data folder, of the same kind or to another.
///
/// Every key of the vault is sealed anew by a fresh root, and what was sealed with them stays as it is; but the key that the key
/// engine's wrapping hangs on is a new one. What the engine wrapped before it takes over key by key; until then the file names
/// the former root too. So there are three steps: `prepare` makes the new root and changes nothing; `write` replaces the file in
/// one step; `finish` takes the former root out of the file. A former root in a token stays there, for copies of the data and
/// until the new one is in the token's backup: it is destroyed by `destroy` alone.
public struct RootRotation: Sendable {
    /// What the folder opens to once it is written.
    public let next: VaultFolder
    private let folder: String
    private let file: RootFile

    /// - Parameters:
    ///   - present: what the present root is protected by. It is opened by that once more: a key file that was taken away or
    ///     changed since would otherwise be found to be another one when the new root does not open.
    ///   - keepsFormer: whether the key engine has keys under the present root that can come along. Where they could not
    ///     (from a token into software), there must be none.
    ///   - mayCreateKeyFile: whether a key file of the new root that is absent is made.
    /// - Throws: `.rootFile` where an earlier change is not finished, or the file is not the one that was opened.
    public static func prepare(
        _ folder: String, from old: VaultFolder, by present: RootProtection, to new: RootProtection, keepsFormer: Bool,
        mayCreateKeyFile: Bool = false
    ) throws(KeyVaultError) -> RootRotation {
        guard old.former == nil else {
            throw .rootFile("The root of \(folder) is being changed already. That must be finished first.")
        }
        try requireUnchanged(folder, old, present)
        var keys = old.allKeys
        let use = KeyUse.derive.name(.serviceKeys)
        let former = keepsFormer ? try formerRoot(old, keys[use], to: new) : nil
        keys[use] = SecretKeeper(SecretBytes(randomCount: SoftwareKeyVault.rootByteCount))
        if let kept = former?.kept { keys[kept.use] = kept.key }
        guard case .hsm(let token) = new else {
            var (root, file) = try RootKey.fresh(
                new, folder: folder, version: 2, mayCreateKeyFile: mayCreateKeyFile)
            let sealer = SoftwareSealer(root.secret)
            try file.add(keys, by: sealer)
            let vault = try EnvelopeKeyVault(file, sealer, folder: nil)
            return RootRotation(next: VaultFolder(vault, nil, former), folder: folder, file: file)
        }
        var (root, file) = try freshRoot(in: token)
        let sealer = DeviceSealer(root: root)
        try file.add(keys, by: sealer)
        let vault = try EnvelopeKeyVault(file, sealer, folder: nil)
        return RootRotation(next: VaultFolder(vault, root, former), folder: folder, file: file)
    }

    private static func formerRoot(
        _ old: VaultFolder, _ key: SecretKeeper?, to new: RootProtection
    ) throws(KeyVaultError) -> FormerRoot? {
        guard let root = old.tokenRoot else { return key.map { .software($0) } }
        guard case .hsm(let token) = new else { return nil }
        do { return try token.isSame(as: root.token) ? .token(id: root.id) : .otherToken(id: root.id) } catch {
            throw .device("\(error)")
        }
    }

    /// Puts the new root in the place of the old one, in one step. What was sealed has been opened before.
    public func write() throws(KeyVaultError) {
        try PrivateFile.replace(folder + "/" + RootKey.fileName, file.text)
    }

    /// Takes the new root out of its token again, where it was not written.
    public func abandon() throws(PKCS11Error) { try next.tokenRoot?.destroy() }

    /// Ends a change: nothing is under the former root any more. The file is looked at again before it loses the line, and
    /// after it; killed in between, this is done again.
    /// - Parameter protection: of the present root.
    /// - Returns: the folder as it is then, without the key of a former root.
    /// - Throws: `.rootFile` where the file is not the one that was opened; it stays as it is then.
    public static func finish(
        _ folder: String, _ opened: VaultFolder, _ protection: RootProtection
    ) throws(KeyVaultError) -> VaultFolder {
        guard let former = opened.former else { return opened }
        try requireUnchanged(folder, opened, protection)
        guard var file = try RootKey.file(folder) else { throw other(folder) }
        if let root = opened.tokenRoot {
            try file.remove([former.kept.use], by: DeviceSealer(root: root))
        } else {
            try file.remove(
                [former.kept.use], by: SoftwareSealer(try RootKey.unseal(file, protection, folder: folder)))
        }
        try PrivateFile.replace(folder + "/" + RootKey.fileName, file.text)
        return try requireUnchanged(folder, VaultFolder(opened.vault, opened.tokenRoot), protection)
    }

    /// Destroys a root in the token of the folder's root: what was sealed or wrapped under it can never be opened again.
    /// - Throws: `.rootFile` where the folder needs it; `.device` where it is not there, or the token keeps it.
    public static func destroy(_ id: [UInt8], notOf opened: VaultFolder) throws(KeyVaultError) {
        guard let root = opened.tokenRoot else { throw .device("The root of the data folder is in no HSM.") }
        guard opened.former == nil else {
            throw .rootFile("The root is being changed: what is under the former one is still needed.")
        }
        guard id != root.id else {
            throw .rootFile("\(TokenRoot.name(of: id)) is the present root of the data folder.")
        }
        do {
            guard try TokenRoot(root.token, id: id).destroy() else {
                throw KeyVaultError.device("The HSM holds no root \(TokenRoot.name(of: id)).")
            }
        } catch { throw (error as? KeyVaultError) ?? .device("\(error)") }
    }

    /// The folder as its file is at this moment.
    /// - Throws: where that does not open, or holds other keys than what was opened before.
    @discardableResult private static func requireUnchanged(
        _ folder: String, _ opened: VaultFolder, _ protection: RootProtection
    ) throws(KeyVaultError) -> VaultFolder {
        let found = try VaultFolder.open(folder, protection: protection, mayCreate: false, isReadOnly: true)
        guard found.isSame(as: opened) else { throw other(folder) }
        return found
    }

    private static func other(_ folder: String) -> KeyVaultError {
        .rootFile(
            "The file root of \(folder) is not the one that was opened: it was changed, or put back from a backup. Restore the "
                + "one that belongs to the data.")
    }

    /// Whether the file of the folder says that a change is not finished. Opens nothing.
    public static func isUnfinished(_ folder: String) throws(KeyVaultError) -> Bool {
        try RootKey.file(folder)?.keys.keys.contains { $0.hasPrefix(FormerRoot.prefix) } ?? false
    }

    static func freshRoot(in token: Token) throws(KeyVaultError) -> (TokenRoot, RootFile) {
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
