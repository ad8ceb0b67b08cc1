import AWS
import Door
import Journal
import KMSAPI
import Storage
import World

/// When and how a key was last used, by the journal, which has every use since the key was made.
/// - Source: KMS API Reference, "GetKeyLastUsage".
struct GetKeyLastUsage: WorkedQuery, OnOwnKey {
    typealias Shape = KMS.GetKeyLastUsage
    static var readsJournal: Bool { true }
    let keys: Keys
    let uses: KeyUses

    func keyID(_ input: Input) -> String { input.keyId }

    func answer(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Output {
        let key = try permit.target.required()
        let last = try await uses.last(of: key, among: KeyUses.tracked)
        let usage = last.map { entry in
            KMS.KeyLastUsageData(
                operation: .init(rawValue: entry.name), timestamp: entry.time, cloudTrailEventId: entry.id,
                kmsRequestId: entry.requestID)
        }
        return Output(
            keyId: key.arn, keyLastUsage: usage, trackingStartDate: key.created, keyCreationDate: key.created)
    }
}
