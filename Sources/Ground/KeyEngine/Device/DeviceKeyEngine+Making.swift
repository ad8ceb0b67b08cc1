public import Crypto
public import KeyVault
import PKCS11
import World

extension DeviceKeyEngine {
    /// Made in the device.
    public func generate(_ kind: KeyMaterialKind, for context: SealContext) async throws(KeyEngineError) -> GeneratedKey
    {
        try await wait { keys throws(PKCS11Error) in
            let made = try keys.generate(kind, binding: context.bytes)
            return GeneratedKey(EngineKey(made.key, for: context), publicKey: made.publicKey)
        }
    }

    /// Checked in this process, a pair on a thread for that, then kept in the device.
    public func take(
        _ material: consuming SecretBytes, as kind: KeyMaterialKind, for context: SealContext
    ) async throws(KeyEngineError) -> GeneratedKey {
        let box = SecretBox(material)
        let publicKey: [UInt8]?
        if case .pair = kind {
            publicKey = try await checkers.engineRun { () throws(KeyEngineError) in
                try PreparedKey(box.secret, as: kind).publicKey
            }
        } else {
            publicKey = try PreparedKey(box.secret, as: kind).publicKey
        }
        return try await wait { keys throws(PKCS11Error) in
            let taken = try keys.take(box.secret, as: kind, binding: context.bytes)
            return GeneratedKey(EngineKey(taken, for: context), publicKey: publicKey)
        }
    }

    /// The device decrypts; then as `take`.
    public func takeEncrypted(
        _ ciphertext: [UInt8], by method: ImportWrapping, under wrappingKey: EngineKey, as kind: KeyMaterialKind,
        for context: SealContext
    ) async throws(KeyEngineError) -> GeneratedKey {
        guard case .pair(let pair) = wrappingKey.kind, let bits = pair.modulusBits else {
            throw .failed("the wrapping key is not one of RSA")
        }
        let head = method.hasAESKey ? Array(ciphertext.prefix(bits / 8)) : ciphertext
        var first: [UInt8]
        do { first = try await decrypt(head, by: method.digest, with: wrappingKey) } catch {
            guard case .invalid = error else { throw error }
            throw ImportedMaterial.unopened
        }
        let box = SecretBox(SecretBytes(taking: &first))
        let material = try ImportedMaterial.open(ciphertext, by: method, modulusBytes: bits / 8) { _ in
            box.secret.copy()
        }
        return try await take(material, as: kind, for: context)
    }

    /// How all begin that are wrapped now.
    public var presentStart: [UInt8] { keys.start }
    /// Whether some may be wrapped under a root before.
    public var hasFormer: Bool { roots.withLock { $0.former != nil || $0.software != nil } }
    /// At once.
    public func forgetFormer() { roots.withLock { $0 = Roots(present: $0.present) } }
    /// At once.
    public func refuseFormer(_ refuses: Bool) { roots.withLock { $0.refusesFormer = refuses } }
    /// Keys of the software engine are only where that is the former root.
    public func keeps(_ key: WrappedKey) -> Bool {
        let (present, refuses) = roots.withLock { ($0.present, $0.refusesFormer) }
        if SoftwareWrapping.isOfSoftware(key) { return !refuses && (software(for: key)?.keeps(key) ?? false) }
        let holder = holder(of: key)
        return holder.mayHold(key.bytes) && (!refuses || holder === present)
    }

    /// Unwrapped and wrapped inside the device; from another one it comes wrapped for this one. A key of the software engine before it passes once through guarded memory.
    public func rewrap(_ key: EngineKey, for context: SealContext) async throws(KeyEngineError) -> EngineKey {
        if let software = software(for: key.wrapped) {
            return try await take(try software.wrapping.unwrap(key), as: key.kind, for: context).key
        }
        let (present, transport) = roots.withLock { ($0.present, $0.transport) }
        return try await wait(for: key) { keys throws(PKCS11Error) in
            if let transport, keys.root.token !== present.root.token {
                return EngineKey(try transport.carry(key.bound, binding: context.bytes), for: context)
            }
            return EngineKey(try keys.rewrap(key.bound, under: present, binding: context.bytes), for: context)
        }
    }

    /// The device's generator.
    public func random(_ count: Int) async throws(KeyEngineError) -> [UInt8] {
        try await wait { keys throws(PKCS11Error) in try keys.random(count) }
    }

    /// Made in this process.
    public func dataPair(_ kind: KeyPairKind) async throws(KeyEngineError) -> DataPair {
        try await makers.engineRun { () throws(KeyEngineError) in try DataPair(fresh: kind) }
    }
}
