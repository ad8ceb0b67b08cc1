import Crypto
import KMSAPI
import KeyEngine
import World

extension KeyTarget {
    /// The key, where it is for this and can do it now.
    func usable(_ usage: KMS.KeyUsageType, for operation: String, _ now: Instant) throws -> KMSKey {
        try required().usable(usage, for: operation, now)
    }
}

extension KMSKey {
    /// The key itself, where it is for this and can do it now.
    func usable(_ usage: KMS.KeyUsageType, for operation: String, _ now: Instant) throws -> KMSKey {
        try require(.use, now)
        guard self.usage == usage else { throw Invalid.usage(self, for: operation) }
        return self
    }

    /// What encrypts, signs and authenticates.
    func currentMaterial() throws -> KeyMaterial {
        guard let material = materials.last else {
            throw KMS.KMSInvalidStateException(message: "\(arn) is pending import.")
        }
        return material
    }

    /// A material, for the engine.
    func engineKey(_ material: KeyMaterial) throws -> EngineKey {
        if let known = engineKeys[material.number] { return known }
        guard let wrapped = material.wrapped else {
            throw KMS.KMSInvalidStateException(message: "\(arn) is pending import.")
        }
        return EngineKey(
            WrappedKey(bytes: wrapped), kind(of: material), for: KMSKey.context(account, id, material.number))
    }

    /// What a material is to the engine.
    func kind(of material: KeyMaterial) -> KeyMaterialKind { material.derives ? .textKeys : spec.material }

    /// What is now current, for the engine.
    func currentKey() throws -> EngineKey { try engineKey(currentMaterial()) }
}

extension GeneratedKey {
    /// Whether each text is to have a key of its own, derived of this.
    var derives: Bool { key.kind == .textKeys }
}

extension Invalid {
    /// An algorithm that keys of this spec do not have.
    static func algorithm(_ name: String, of key: KMSKey) -> KMS.InvalidKeyUsageException {
        KMS.InvalidKeyUsageException(
            message: "Algorithm \(name) is incompatible with key spec \(key.spec.rawValue).")
    }
}

extension KeyWork {
    /// As `of`, for a text that the caller sent: where it does not open, nobody is told why.
    static func opening<Result>(_ work: () async throws(KeyEngineError) -> Result) async throws -> Result {
        do { return try await work() } catch .invalid { throw unopened } catch { throw refusal(error) }
    }

    /// As `now`, likewise.
    static func openingNow<Result>(_ work: () throws(KeyEngineError) -> Result) throws -> Result {
        do { return try work() } catch .invalid { throw unopened } catch { throw refusal(error) }
    }

    /// The one answer to all ciphertexts that are none. Without words, as KMS's.
    static let unopened = KMS.InvalidCiphertextException(message: "")
}
