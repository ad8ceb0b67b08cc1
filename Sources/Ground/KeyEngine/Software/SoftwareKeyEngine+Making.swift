public import Crypto
public import KeyVault
import World

extension SoftwareKeyEngine {
    /// A pair takes a thread, and an RSA pair about a second.
    public func generate(_ kind: KeyMaterialKind, for context: SealContext) async throws(KeyEngineError) -> GeneratedKey
    {
        guard case .pair(let pairKind) = kind else {
            return GeneratedKey(wrapping.wrap(SecretBytes(randomCount: kind.byteCount ?? 32), kind, for: context))
        }
        return try await makers.engineRun { [wrapping] () throws(KeyEngineError) in
            let pair = try made(pairKind)
            return GeneratedKey(wrapping.wrap(try written(pair), kind, for: context), publicKey: pair.publicKey)
        }
    }

    /// What is not of the kind is refused.
    public func take(
        _ material: consuming SecretBytes, as kind: KeyMaterialKind, for context: SealContext
    ) async throws(KeyEngineError) -> GeneratedKey {
        if case .pair = kind {
            // The check of an RSA key's numbers takes its time.
            let box = SecretBox(material)
            return try await signers.engineRun { [wrapping] () throws(KeyEngineError) in
                try SoftwareKeyEngine.taken(box.secret, kind, context, wrapping)
            }
        }
        return try SoftwareKeyEngine.taken(material, kind, context, wrapping)
    }

    /// The material lies in guarded memory between its old wrapping and the new one.
    public func takeEncrypted(
        _ ciphertext: [UInt8], by method: ImportWrapping, under wrappingKey: EngineKey, as kind: KeyMaterialKind,
        for context: SealContext
    ) async throws(KeyEngineError) -> GeneratedKey {
        let ready = try ready(pairs, wrappingKey)
        return try await signers.engineRun { [wrapping] () throws(KeyEngineError) in
            guard case .pair(let pair) = ready, let bits = pair.kind.modulusBits else {
                throw .failed("the wrapping key is not one of RSA")
            }
            let material = try ImportedMaterial.open(ciphertext, by: method, modulusBytes: bits / 8) {
                part throws(KeyEngineError) in
                do { return try pair.decrypt(part, by: method.digest) } catch { throw ImportedMaterial.unopened }
            }
            return try SoftwareKeyEngine.taken(material, kind, context, wrapping)
        }
    }

    /// How all begin that are wrapped now.
    public var presentStart: [UInt8] { wrapping.present.start }
    /// Whether some may be wrapped under a root before.
    public var hasFormer: Bool { wrapping.former != nil }
    /// At once.
    public func forgetFormer() {
        wrapping.forgetFormer()
        // Whoever used one last may have made it ready again after it was taken over.
        symmetric.removeAll()
        pairs.removeAll()
    }
    /// At once.
    public func refuseFormer(_ refuses: Bool) { wrapping.refuseFormer(refuses) }
    /// Keys of a device are not: they never leave it.
    public func keeps(_ key: WrappedKey) -> Bool { wrapping.keeps(key) }

    /// At once.
    public func rewrap(_ key: EngineKey, for context: SealContext) async throws(KeyEngineError) -> EngineKey {
        wrapping.wrap(try wrapping.unwrap(key), key.kind, for: context)
    }

    /// OpenSSL's generator.
    public func random(_ count: Int) async throws(KeyEngineError) -> [UInt8] { SecureRandom.bytes(count) }
    /// Never nil.
    public func randomNow(_ count: Int) throws(KeyEngineError) -> [UInt8]? { SecureRandom.bytes(count) }

    /// On the thread that makes pairs.
    public func dataPair(_ kind: KeyPairKind) async throws(KeyEngineError) -> DataPair {
        try await makers.engineRun { () throws(KeyEngineError) in
            try DataPair(fresh: kind)
        }
    }

    private static func taken(
        _ material: borrowing SecretBytes, _ kind: KeyMaterialKind, _ context: SealContext,
        _ wrapping: SoftwareRoots
    ) throws(KeyEngineError) -> GeneratedKey {
        let ready = try PreparedKey(material, as: kind)
        return GeneratedKey(wrapping.wrap(material, kind, for: context), publicKey: ready.publicKey)
    }
}

private func made(_ kind: KeyPairKind) throws(KeyEngineError) -> KeyPair {
    do { return try KeyPair(kind) } catch { throw .failed("OpenSSL made no key pair") }
}

private func written(_ pair: KeyPair) throws(KeyEngineError) -> SecretBytes {
    do { return try pair.pkcs8() } catch { throw .failed("OpenSSL could not write the key") }
}

extension DataPair {
    convenience init(fresh kind: KeyPairKind) throws(KeyEngineError) {
        let pair = try made(kind)
        self.init(try written(pair), publicKey: pair.publicKey)
    }
}
