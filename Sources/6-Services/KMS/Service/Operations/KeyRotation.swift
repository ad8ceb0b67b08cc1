import AWS
import Door
import KMSAPI
import Smithy
import Storage
import World

/// Has a key get new material after each period.
/// - Source: KMS API Reference, "EnableKeyRotation".
struct EnableKeyRotation: KeyChange {
    typealias Shape = KMS.EnableKeyRotation
    static var row: KeyOperation { .enableRotation }
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        [ConditionEntry(.kmsRotationPeriodInDays, String(days(input)))]
    }

    private func days(_ input: Input) -> Int { input.rotationPeriodInDays ?? Rotation.ordinaryPeriod }

    func check(_ key: KMSKey) throws { try Rotation.requireOwn(key) }

    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        let days = days(input)
        try key.set(rotation: (days, Rotation.next(key, every: days, facts.now)), in: &transaction)
        return Output()
    }
}

/// Ends the rhythm of a key.
/// - Source: KMS API Reference, "DisableKeyRotation".
struct DisableKeyRotation: KeyChange {
    typealias Shape = KMS.DisableKeyRotation
    static var row: KeyOperation { .disableRotation }
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }
    func check(_ key: KMSKey) throws { try Rotation.requireOwn(key) }

    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        try key.set(rotation: nil, in: &transaction)
        return Output()
    }
}

/// Whether, how often and when next a key gets new material.
/// - Source: KMS API Reference, "GetKeyRotationStatus".
struct GetKeyRotationStatus: Query, OnKey {
    typealias Shape = KMS.GetKeyRotationStatus
    static var takesAliases: Bool { false }
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let key = try permit.target.required()
        try Rotation.require(key)
        let state = key.state(permit.facts.now)
        try key.require(.rotationStatus, permit.facts.now)
        var output = Output(keyRotationEnabled: false, keyId: key.id)
        // Nothing rotates before it is deleted.
        guard state != .pendingDeletion, state != .pendingReplicaDeletion, let next = key.nextRotation else {
            return output
        }
        (output.keyRotationEnabled, output.rotationPeriodInDays) = (true, key.rotationPeriod)
        output.nextRotationDate = next
        return output
    }
}
