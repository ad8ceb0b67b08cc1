import KMSAPI
import World

/// What a key's state allows. Every operation names its column of the table; there is no other place that asks a state.
/// - Source: KMS Developer Guide, "Key states of AWS KMS keys", the table.
enum KeyOperation: Sendable, CaseIterable {
    /// Cryptographic use.
    case use
    /// CreateAlias, UpdateAlias, PutKeyPolicy, UpdateKeyDescription, RevokeGrant and whatever else state does not bear on.
    case describe
    case createGrant
    case enable, disable
    case tag
    case enableRotation, disableRotation, rotationStatus, rotateNow
    case getPublicKey
    case scheduleDeletion, cancelDeletion
    case parametersForImport, importMaterial, deleteMaterial
    case replicate, updatePrimary
    case updateAlias
}

extension KMSKey {
    /// The key's state at `now`: what is due counts as done.
    func state(_ now: Instant) -> KMS.KeyState {
        if deletion != nil { return .pendingDeletion }
        if window != nil { return .pendingReplicaDeletion }
        guard hasMaterial(now) else { return .pendingImport }
        return isEnabled ? .enabled : .disabled
    }

    /// Whether it can compute. All parts of imported material must be there.
    func hasMaterial(_ now: Instant) -> Bool {
        !materials.isEmpty && materials.allSatisfy { $0.wrapped != nil && ($0.expires.map { $0 > now } ?? true) }
    }

    /// - Throws: what KMS answers where the state does not allow the operation.
    func require(_ operation: KeyOperation, _ now: Instant) throws {
        let state = state(now)
        if KMSKey.allows(operation, state) { return }
        if operation == .use || operation == .getPublicKey, state == .disabled {
            throw KMS.DisabledException(message: "\(arn) is disabled.")
        }
        throw KMS.KMSInvalidStateException(message: "\(arn) is \(KMSKey.words(state)).")
    }

    static func allows(_ operation: KeyOperation, _ state: KMS.KeyState) -> Bool {
        switch state {
        case .enabled: operation != .cancelDeletion
        case .disabled: ![.use, .cancelDeletion, .enableRotation, .disableRotation, .rotateNow].contains(operation)
        case .pendingImport:
            [
                .describe, .createGrant, .tag, .updateAlias, .scheduleDeletion, .parametersForImport, .importMaterial,
                .deleteMaterial, .updatePrimary,
            ].contains(operation)
        case .pendingDeletion, .pendingReplicaDeletion:
            [.describe, .cancelDeletion, .deleteMaterial, .rotationStatus].contains(operation)
        default: operation == .describe
        }
    }

    private static func words(_ state: KMS.KeyState) -> String {
        switch state {
        case .pendingDeletion, .pendingReplicaDeletion: "pending deletion"
        case .pendingImport: "pending import"
        case .disabled: "disabled"
        case .enabled: "not pending deletion"
        default: "unavailable"
        }
    }
}
