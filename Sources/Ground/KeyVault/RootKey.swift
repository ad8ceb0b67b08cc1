import Crypto

/// The root key as it lies in the data folder: the file `root`, sealed by a key file or a passphrase.
enum RootKey {
    static let fileName = "root"
    private static let info = Array("gatehouse root key".utf8)

    /// The file as it is; nil where there is none.
    static func file(_ folder: String) throws(KeyVaultError) -> RootFile? {
        let path = folder + "/" + fileName
        guard let bytes = try PrivateFile.read(path) else { return nil }
        return try RootFile(parsing: bytes, path)
    }

    /// A fresh root of the first form, written.
    static func create(_ protection: RootProtection, folder: String) throws(KeyVaultError) -> SecretBytes {
        let path = folder + "/" + fileName
        let (root, file) = try fresh(protection, folder: folder, version: 1, mayCreateKeyFile: true)
        try PrivateFile.create(path, file.text)
        return root.secret.copy()
    }

    /// A fresh root, sealed by the protection, and the file that would hold it.
    static func fresh(
        _ protection: RootProtection, folder: String, version: Int, mayCreateKeyFile: Bool
    ) throws(KeyVaultError) -> (SecretKeeper, RootFile) {
        if mayCreateKeyFile, case .keyFile(let keyPath) = protection {
            try KeyFile.createIfAbsent(keyPath, dataFolder: folder)
        }
        if case .passphrase(let passphrase) = protection, !passphrase.isLongEnough {
            throw .keyFile(
                "The passphrase is too short to seal a root by: its line is to have \(SecretPassphrase.leastCount) bytes or more."
            )
        }
        let root = SecretBytes(randomCount: SoftwareKeyVault.rootByteCount)
        var file = RootFile(
            version: version, method: RootFile.Method(protection), salt: SecureRandom.bytes(16), sealed: [])
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        let key = try wrappingKey(for: file, protection, folder: folder)
        file.sealed = nonce + AESGCM(key: key).seal(root, nonce: nonce, associated: file.header)
        return (SecretKeeper(root), file)
    }

    static func unseal(
        _ file: RootFile, _ protection: RootProtection, folder: String
    ) throws(KeyVaultError) -> SecretBytes {
        let key = try wrappingKey(for: file, protection, folder: folder)
        do {
            return try AESGCM(key: key).openSecret(
                file.sealed.dropFirst(AESGCM.nonceByteCount), nonce: Array(file.sealed.prefix(AESGCM.nonceByteCount)),
                associated: file.header)
        } catch {
            throw .wrongKey(
                "The root key in \(folder) does not open with this \(protection): it is another one, or a file was changed."
            )
        }
    }

    /// The key that seals the root: from the key file, or from the passphrase with the parameters in `file`.
    private static func wrappingKey(
        for file: RootFile, _ protection: RootProtection, folder: String
    ) throws(KeyVaultError) -> SecretBytes {
        switch (file.method, protection) {
        case (.keyFile, .keyFile(let path)):
            let secret = try KeyFile.read(path, dataFolder: folder)
            return HKDF.derive(from: secret, salt: file.salt, info: info, count: AESGCM.keyByteCount)
        case (.passphrase(let parameters), .passphrase(let passphrase)):
            do {
                var key = try Argon2id.hash(passphrase.bytes, salt: file.salt, parameters: parameters)
                return SecretBytes(taking: &key)
            } catch { throw .rootFile("The passphrase could not be stretched: \(error.reason)") }
        case (let method, _):
            throw .wrongKey(
                "The root key in \(folder) is \(method.place), not by \(protection.article): give \(RootKind(method).options)."
            )
        }
    }
}

extension RootFile.Method {
    fileprivate var place: String {
        switch self {
        case .hsm: "held by an HSM"
        case .keyFile: "sealed by a key file"
        case .passphrase: "sealed by a passphrase"
        }
    }
}

extension RootProtection {
    fileprivate var article: String {
        switch self {
        case .hsm: "an HSM"
        case .keyFile: "a key file"
        case .passphrase: "a passphrase"
        }
    }
}
