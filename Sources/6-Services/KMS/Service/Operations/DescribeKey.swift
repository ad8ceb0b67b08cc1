import Door
import Journal
import KMSAPI
import Storage

/// A key's description.
/// - Source: KMS API Reference, "DescribeKey".
struct DescribeKey: Query, OnKey {
    typealias Shape = KMS.DescribeKey
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(keyMetadata: try permit.target.required().metadata(permit.facts.now, snapshot))
    }

    /// Without the tokens.
    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        var (recording, shown) = (KMSRecord.of(target?.key, facts), input)
        shown.grantTokens = nil
        recording.request = KMSRecord.request(shown)
        return recording
    }
}
