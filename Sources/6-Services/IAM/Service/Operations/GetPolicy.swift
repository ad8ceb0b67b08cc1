import Door
import IAMAPI
import Storage

/// A managed policy's facts, without its document.
/// - Source: IAM API Reference, "GetPolicy".
struct GetPolicy: Query, OnPolicy {
    typealias Shape = IAM.GetPolicy
    func policyARN(_ input: Input) -> String { input.policyArn }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let policy = try permit.target.required()
        return Output(
            policy: try policy.shape(
                in: permit.facts.signedAccount(), describing: true, tags: permit.target.tags, snapshot))
    }
}
