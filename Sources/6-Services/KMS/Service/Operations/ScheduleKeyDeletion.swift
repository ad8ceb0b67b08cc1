import Door
import Journal
import KMSAPI
import KeyEngine
import Storage
import World

/// Begins the waiting period of a key, at whose end it is deleted. A primary key with replicas waits for their end first.
/// - Source: KMS API Reference, "ScheduleKeyDeletion"; KMS Developer Guide, "Deleting multi-Region keys".
struct ScheduleKeyDeletion: TurningOff {
    typealias Shape = KMS.ScheduleKeyDeletion
    static var row: KeyOperation { .scheduleDeletion }
    let keys: Keys
    let uses: KeyUses
    let engine: any KeyEngine

    /// Days.
    private static let windows = 7...30

    func keyID(_ input: Input) -> String { input.keyId }

    private func window(_ input: Input) -> Int { input.pendingWindowInDays ?? 30 }

    func ownConditions(_ input: Input) -> [ConditionEntry] {
        [ConditionEntry(.kmsScheduleKeyDeletionPendingWindowInDays, String(window(input)))]
    }

    func freesRoom(_ input: Input) -> Bool { true }
    func settle(_ target: KeyTarget) { target.key?.forget(by: engine) }

    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        let days = window(input)
        guard ScheduleKeyDeletion.windows.contains(days) else {
            throw Invalid.input("PendingWindowInDays must be between 7 and 30 days, inclusive.")
        }
        if key.isMultiRegion, !key.isReplica, try key.regions(transaction.snapshot).count > 1 {
            try key.set(deletion: nil, window: days, in: &transaction)
            return Output(keyId: key.arn, keyState: .pendingReplicaDeletion, pendingWindowInDays: days)
        }
        let date = facts.now + .seconds(days * 86_400)
        try key.set(deletion: date, window: days, in: &transaction)
        return Output(keyId: key.arn, deletionDate: date, keyState: .pendingDeletion, pendingWindowInDays: days)
    }
}

/// Lets a key live that was to be deleted. It is disabled then.
/// - Source: KMS API Reference, "CancelKeyDeletion".
struct CancelKeyDeletion: KeyChange {
    typealias Shape = KMS.CancelKeyDeletion
    static var row: KeyOperation { .cancelDeletion }
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        try key.set(deletion: nil, window: nil, in: &transaction)
        return Output(keyId: key.arn)
    }
}
