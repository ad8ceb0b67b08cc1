import Door
import IAMAPI
import Storage

/// Removes a group without members or policies.
/// - Source: IAM API Reference, "DeleteGroup".
struct DeleteGroup: Change {
    typealias Shape = IAM.DeleteGroup

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Found<Group>
    {
        try Group.find(input.groupName, in: facts.signedAccount(), snapshot)
    }

    func access(_ input: Shape.Input, to target: Found<Group>, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, as: target.title)
    }

    func perform(
        _ input: Shape.Input, under permit: borrowing Permit<Found<Group>>, in transaction: inout Transaction
    ) throws -> Shape.Output {
        let group = try permit.target.required()
        try DeleteConflict.checkPolicies(of: group.id, transaction.snapshot)
        if try transaction.exists("SELECT 1 FROM iam_member WHERE group_id = ?", .text(group.id)) {
            throw DeleteConflict.first("remove users from group")
        }
        try transaction.run("DELETE FROM iam_group WHERE id = ?", .text(group.id))
        try Quota.groups.add(-1, in: group.account, &transaction)
        transaction.touch(.identity)
        return Shape.Output()
    }
}
