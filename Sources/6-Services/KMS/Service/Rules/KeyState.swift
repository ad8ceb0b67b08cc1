import KMSAPI
import World

/// What a key's state allows. Every operation names its row of the table; there is no other place that asks a state.
/// - Source: KMS Developer Guide, "Key states of AWS KMS keys", the table.
enum KeyOperation: Sendable, CaseIterable {
    /// Cryptographic use.
    case use
    /// DescribeKey, GetKeyPolicy, PutKeyPolicy, the lists, RevokeGrant and whatever else state does not bear on.
    case describe
    /// CreateAlias, and UpdateAlias for the key that the alias is to lead to.
    case createAlias
    case updateDescription
    case createGrant
    case enable, disable
    case tag
    case enableRotation, disableRotation, rotationStatus, rotateNow
    case getPublicKey
    case scheduleDeletion, cancelDeletion
    case parametersForImport, importMaterial, deleteMaterial
    case replicate, updatePrimary

    /// What a key that can compute does, and one that is disabled refuses as such.
    fileprivate var needsEnabled: Bool {
        switch self {
        case .use, .getPublicKey, .createGrant, .enableRotation, .disableRotation, .rotateNow, .replicate,
            .updatePrimary:
            true
        default: false
        }
    }
}

extension KMSKey {
    /// The key's state at `now`: what is due counts as done.
    func state(_ now: Instant) -> KMS.KeyState {
        if deletion != nil { return .pendingDeletion }
        if window != nil { return .pendingReplicaDeletion }
        guard hasMaterial(now) else { return .pendingImport }
        if isDisconnected { return .unavailable }
        return isEnabled ? .enabled : .disabled
    }

    /// Whether it can compute. All parts of imported material must be there.
    func hasMaterial(_ now: Instant) -> Bool {
        !materials.isEmpty && materials.allSatisfy { $0.wrapped != nil && ($0.expires.map { $0 > now } ?? true) }
    }

    /// Whether its waiting period is over. It is then no more, whether or not anybody has removed it yet.
    func isGone(_ now: Instant) -> Bool { deletion.map { $0 <= now } ?? false }

    /// - Throws: what KMS answers where the state does not allow the operation.
    func require(_ operation: KeyOperation, _ now: Instant) throws {
        let state = state(now)
        if KMSKey.allows(operation, state) { return }
        if operation.needsEnabled, state == .disabled { throw KMS.DisabledException(message: "\(arn) is disabled.") }
        let reason = operation == .cancelDeletion ? "not pending deletion" : KMSKey.words(state)
        throw KMS.KMSInvalidStateException(message: "\(arn) is \(reason).")
    }

    static func allows(_ operation: KeyOperation, _ state: KMS.KeyState) -> Bool {
        switch state {
        case .enabled: operation != .cancelDeletion
        case .disabled: operation != .cancelDeletion && !operation.needsEnabled
        case .pendingImport:
            [
                .describe, .createAlias, .updateDescription, .tag, .rotationStatus, .scheduleDeletion,
                .parametersForImport, .importMaterial, .deleteMaterial,
            ].contains(operation)
        case .pendingDeletion, .pendingReplicaDeletion:
            [.describe, .cancelDeletion, .deleteMaterial, .rotationStatus].contains(operation)
        case .unavailable:
            [
                .describe, .createAlias, .updateDescription, .createGrant, .enable, .disable, .tag, .scheduleDeletion,
            ].contains(operation)
        default: operation == .describe
        }
    }

    private static func words(_ state: KMS.KeyState) -> String {
        switch state {
        case .pendingDeletion: "pending deletion"
        case .pendingReplicaDeletion: "pending replica deletion"
        case .pendingImport: "pending import"
        case .disabled: "disabled"
        case .enabled: "enabled"
        default: "unavailable"
        }
    }
}
