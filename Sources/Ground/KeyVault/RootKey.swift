import Crypto

/// The root key as it lies in the data folder: the file `root`, sealed by a key file or a passphrase.
enum RootKey {
    static let fileName = "root"
    private static let info = Array("gatehouse root key".utf8)

    static func open(
        folder: String, protection: RootProtection, mayCreate: Bool
    ) throws(KeyVaultError) -> SecretBytes {
        let path = folder + "/" + fileName
        if let bytes = try PrivateFile.read(path) {
            return try unseal(try RootFile(parsing: bytes, path), protection, folder: folder)
        }
        guard mayCreate else {
            throw .rootFile("The data folder \(folder) holds data, but its root key (\(path)) is missing. Restore it.")
        }
        return try create(path, protection, folder: folder)
    }

    private static func create(
        _ path: String, _ protection: RootProtection, folder: String
    ) throws(KeyVaultError) -> SecretBytes {
        if case .keyFile(let keyPath) = protection { try KeyFile.createIfAbsent(keyPath, dataFolder: folder) }
        let root = SecretBytes(randomCount: SoftwareKeyVault.rootByteCount)
        var file = RootFile(method: RootFile.Method(protection), salt: SecureRandom.bytes(16), sealed: [])
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        let key = try wrappingKey(for: file, protection, folder: folder)
        var clear = root.withBytes { span in
            (0..<span.byteCount).map { span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
        }
        file.sealed = nonce + AESGCM(key: key).seal(clear, nonce: nonce, associated: file.header)
        clear.zero()
        try PrivateFile.create(path, file.text)
        return root
    }

    private static func unseal(
        _ file: RootFile, _ protection: RootProtection, folder: String
    ) throws(KeyVaultError) -> SecretBytes {
        let key = try wrappingKey(for: file, protection, folder: folder)
        do {
            var clear = try AESGCM(key: key).open(
                Array(file.sealed.dropFirst(AESGCM.nonceByteCount)),
                nonce: Array(file.sealed.prefix(AESGCM.nonceByteCount)), associated: file.header)
            return SecretBytes(taking: &clear)
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
        case (.keyFile, .passphrase):
            throw .wrongKey("The root key in \(folder) is sealed by a key file, not by a passphrase.")
        case (.passphrase, .keyFile):
            throw .wrongKey("The root key in \(folder) is sealed by a passphrase, not by a key file.")
        }
    }
}
