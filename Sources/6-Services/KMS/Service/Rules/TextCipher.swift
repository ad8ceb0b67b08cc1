import Crypto
import KMSAPI
import KeyEngine

/// A key, and the way it is to encrypt: everything that can be checked beforehand holds.
struct Encryption: Sendable {
    let key: KMSKey
    let material: KeyMaterial
    let method: EncryptionMethod
    let algorithm: KMS.EncryptionAlgorithmSpec
    let context: [String: String]

    init(_ key: KMSKey, by algorithm: KMS.EncryptionAlgorithmSpec?, _ context: [String: String]?) throws {
        self.key = key
        self.algorithm = algorithm ?? .symmetricDefault
        method = try EncryptionMethod(self.algorithm, of: key)
        if case .oaep = method { try EncryptionContext.refuse(context, with: self.algorithm) }
        material = try key.currentMaterial()
        self.context = context ?? [:]
    }

    /// What KMS says of a text that RSAES-OAEP has no room for.
    /// - Source: KMS API Reference, "Encrypt", the table of lengths.
    func check(_ count: Int) throws {
        guard case .oaep(let digest) = method, let bits = key.spec.pair?.modulusBits else { return }
        let longest = bits / 8 - 2 * digest.byteCount - 2
        guard count <= longest else {
            throw Invalid.input(
                "Algorithm \(algorithm.rawValue) and key spec \(key.spec.rawValue) cannot encrypt data larger than "
                    + "\(longest) bytes.")
        }
    }
}

/// A text to open, and the key that is to open it.
struct Decryption: Sendable {
    enum Text: Sendable {
        case symmetric(Ciphertext)
        case oaep([UInt8], OAEPDigest)
    }

    let key: KMSKey
    let material: KeyMaterial
    let text: Text
    let algorithm: KMS.EncryptionAlgorithmSpec
    let context: [String: String]
}

/// Encrypts and decrypts with keys: through the engine, or with a public half.
struct TextCipher: Sendable {
    let engine: any KeyEngine
    let publicKeys: PublicKeys

    /// Nil where it would have to wait.
    func encryptNow(_ clear: [UInt8], as encryption: Encryption) throws -> [UInt8]? {
        guard encryption.method == .symmetric else { return nil }
        let (key, header) = try (encryption.key.engineKey(encryption.material), header(encryption).bytes)
        let sealed = try KeyWork.now { () throws(KeyEngineError) in
            try engine.sealNow(clear, associated: header + EncryptionContext.encoded(encryption.context), with: key)
        }
        return sealed.map { header + $0 }
    }

    /// The ciphertext.
    func encrypt(_ clear: [UInt8], as encryption: Encryption) async throws -> [UInt8] {
        switch encryption.method {
        case .symmetric:
            let (key, header) = try (encryption.key.engineKey(encryption.material), header(encryption))
            let sealed = try await encryption.key.telling {
                try await KeyWork.of { () throws(KeyEngineError) in
                    try await engine.seal(clear, associated: header.associated(encryption.context), with: key)
                }
            }
            return Ciphertext(header: header, sealed: sealed).bytes
        case .oaep(let digest):
            try encryption.check(clear.count)
            return try await publicKeys.run(encryption.key) { info in
                guard let text = info.encrypt(clear, by: digest) else { throw PublicKeys.Unreadable() }
                return text
            }
        }
    }

    /// Nil where it would have to wait.
    func decryptNow(_ decryption: Decryption) throws -> [UInt8]? {
        guard case .symmetric(let text) = decryption.text else { return nil }
        let key = try decryption.key.engineKey(decryption.material)
        return try KeyWork.openingNow { () throws(KeyEngineError) in
            try engine.openNow(text.sealed, associated: text.header.associated(decryption.context), with: key)
        }
    }

    /// The text.
    /// - Throws: `InvalidCiphertextException` where it does not open.
    func decrypt(_ decryption: Decryption) async throws -> [UInt8] {
        let key = try decryption.key.engineKey(decryption.material)
        return try await decryption.key.telling {
            try await KeyWork.opening { () throws(KeyEngineError) in
                switch decryption.text {
                case .symmetric(let text):
                    try await engine.open(
                        text.sealed, associated: text.header.associated(decryption.context), with: key)
                case .oaep(let text, let digest): try await engine.decrypt(text, by: digest, with: key)
                }
            }
        }
    }

    private func header(_ encryption: Encryption) -> CiphertextHeader {
        CiphertextHeader(
            account: encryption.key.account, key: encryption.key.id, number: encryption.material.number,
            derives: encryption.material.derives)
    }
}

extension KMSKey {
    /// Of a key in a custom key store, a device that cannot be reached is the store's matter, and told as a state.
    /// - Source: KMS API Reference, "KMSInvalidStateException"; KMS Developer Guide, "Troubleshooting a custom key store".
    fileprivate func telling<Result>(_ work: () async throws -> Result) async throws -> Result {
        do { return try await work() } catch let error as KMS.KMSInternalException {
            guard storeID != nil else { throw error }
            throw KMS.KMSInvalidStateException(
                message: "\(arn) is in a custom key store whose cluster cannot be reached. You can retry the request.")
        }
    }
}
