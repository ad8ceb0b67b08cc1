import Door
import KMSAPI
import KeyEngine
import Storage

/// Lets a key be used again.
/// - Source: KMS API Reference, "EnableKey".
struct EnableKey: KeyChange {
    typealias Shape = KMS.EnableKey
    static var row: KeyOperation { .enable }
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        try key.set(enabled: true, in: &transaction)
        return Output()
    }
}

/// Makes a key unusable until it is enabled again.
/// - Source: KMS API Reference, "DisableKey".
struct DisableKey: TurningOff {
    typealias Shape = KMS.DisableKey
    static var row: KeyOperation { .disable }
    let keys: Keys
    let uses: KeyUses
    let engine: any KeyEngine

    /// What turns keys off is done on a full disk too.
    func freesRoom(_ input: Input) -> Bool { true }

    func keyID(_ input: Input) -> String { input.keyId }

    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        try key.set(enabled: false, in: &transaction)
        return Output()
    }

    func settle(_ target: KeyTarget) { target.key?.forget(by: engine) }
}
