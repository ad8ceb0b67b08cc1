import AWS
import Door
import KMSAPI
import Storage

/// Describes a key anew.
/// - Source: KMS API Reference, "UpdateKeyDescription".
struct UpdateKeyDescription: KeyChange {
    typealias Shape = KMS.UpdateKeyDescription
    static var row: KeyOperation { .updateDescription }
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        try transaction.run(
            "UPDATE kms_key SET description = ? WHERE account = ? AND region = ? AND id = ?", .text(input.description),
            .text(key.account.description), .text(key.region.description), .text(key.id))
        return Output()
    }
}
