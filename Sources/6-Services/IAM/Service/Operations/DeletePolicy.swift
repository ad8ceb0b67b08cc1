import Door
import IAMAPI
import Storage

/// Removes a managed policy that is attached to nobody and has only its default version.
/// - Source: IAM API Reference, "DeletePolicy".
struct DeletePolicy: Change, OnPolicy {
    typealias Shape = IAM.DeletePolicy
    func policyARN(_ input: Input) -> String { input.policyArn }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in transaction: inout Transaction
    ) throws -> Output {
        let change = "delete policies"
        // Whether AWS has such a policy makes no difference.
        guard !input.policyArn.hasPrefix(ManagedPolicy.awsPrefix) else { throw ManagedPolicy.outside(change) }
        let policy = try permit.target.requiredOwn(to: change)
        let account = try permit.facts.signedAccount()
        guard try policy.attachmentCount(in: account, transaction.snapshot) == 0,
            try policy.boundaryUsageCount(in: account, transaction.snapshot) == 0
        else { throw IAM.DeleteConflictException(message: "Cannot delete a policy attached to entities.") }
        let versions = try transaction.number(
            "SELECT count(*) FROM iam_policy_version WHERE policy_id = ?", .text(policy.id))
        guard versions == 1 else {
            throw IAM.DeleteConflictException(
                message:
                    "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                    + "versions. The default version is deleted with the policy.")
        }
        try Tags.removeAll(of: policy.id, &transaction)
        try transaction.run("DELETE FROM iam_policy_version WHERE policy_id = ?", .text(policy.id))
        try transaction.run("DELETE FROM iam_policy WHERE id = ?", .text(policy.id))
        try Quota.policies.add(-1, in: permit.facts.signedAccount(), &transaction)
        transaction.touch(.identity)
        return Output()
    }
}
