import Door
import KMSAPI
import World

/// What an import is to be, checked: which material may come, and until when it stays.
/// - Source: KMS API Reference, "ImportKeyMaterial".
struct ImportPlan: Sendable {
    /// What the material may be, if it was there before; nil where it is to be new.
    let candidates: [KeyMaterial]?
    /// Nil where it does not expire.
    let expires: Instant?

    /// Milliseconds: 365 days.
    private static let longest: Int64 = 365 * 86_400_000

    init(_ input: KMS.ImportKeyMaterial.Input, _ key: KMSKey, _ now: Instant) throws {
        try Import.require(key)
        try key.require(.importMaterial, now)
        guard key.spec == .symmetricDefault || input.importType == nil && input.keyMaterialId == nil else {
            throw Invalid.input("ImportType and KeyMaterialId are only valid for symmetric encryption KMS keys.")
        }
        expires = try ImportPlan.expiry(input, now)
        candidates = try ImportPlan.candidates(input, key)
    }

    private static func expiry(_ input: KMS.ImportKeyMaterial.Input, _ now: Instant) throws -> Instant? {
        guard (input.expirationModel ?? .keyMaterialExpires) == .keyMaterialExpires else {
            guard input.validTo == nil else {
                throw Invalid.input("ValidTo is only valid with the expiration model KEY_MATERIAL_EXPIRES.")
            }
            return nil
        }
        guard let validTo = input.validTo else {
            throw Invalid.input("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES")
        }
        guard validTo > now, validTo.milliseconds - now.milliseconds <= longest else {
            throw Invalid.input("ValidTo must be a date in the next 365 days.")
        }
        return validTo
    }

    private static func candidates(_ input: KMS.ImportKeyMaterial.Input, _ key: KMSKey) throws -> [KeyMaterial]? {
        let known = key.materials + [key.pendingMaterial].compactMap { $0 }
        let isNew = input.importType.map { $0 == .newKeyMaterial } ?? known.isEmpty
        if let id = input.keyMaterialId {
            guard !isNew else { throw Invalid.input("A new key material has no KeyMaterialId yet.") }
            guard let material = known.first(where: { $0.id == id }) else {
                throw KMS.NotFoundException(message: "Key material \(id) is not found.")
            }
            return [material]
        }
        guard isNew else { return known }
        guard key.materials.isEmpty || key.pendingMaterial == nil else {
            throw KMS.KMSInvalidStateException(
                message: "\(key.arn) has key material that is pending rotation. Rotate or delete it first.")
        }
        if !known.isEmpty || key.isReplica { try Rotation.requirePrimary(key) }
        return nil
    }

    /// The condition keys of the call, of what it says. Until when, in seconds since 1970: numbers and dates are compared
    /// with that.
    /// - Source: KMS Developer Guide, "AWS KMS condition keys", `kms:ExpirationModel` and `kms:ValidTo`.
    static func conditions(_ input: KMS.ImportKeyMaterial.Input) -> [ConditionEntry] {
        [
            ConditionEntry(.kmsExpirationModel, input.expirationModel?.rawValue),
            ConditionEntry(.kmsValidTo, input.validTo.map { String($0.seconds) }),
        ].compactMap { $0 }
    }
}

/// Which keys take imported material.
enum Import {
    static func require(_ key: KMSKey) throws {
        guard key.origin == .external else {
            throw Rotation.unsupported(key, "origin is \(key.origin.rawValue)")
        }
    }
}
