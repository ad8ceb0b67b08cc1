import Door
import IAMAPI
import Storage

/// Removes a user that nothing hangs on any more.
/// - Source: IAM API Reference, "DeleteUser": what must be removed first.
struct DeleteUser: Change {
    typealias Shape = IAM.DeleteUser

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Found<User> {
        try User.find(input.userName, in: facts.signedAccount(), snapshot)
    }

    func access(_ input: Shape.Input, to target: Found<User>, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: target.tagKeys)
    }

    func perform(
        _ input: Shape.Input, under permit: borrowing Permit<Found<User>>, in transaction: inout Transaction
    ) throws -> Shape.Output {
        let user = try permit.target.required()
        try DeleteConflict.checkPolicies(of: user.id, transaction.snapshot)
        if try transaction.exists("SELECT 1 FROM iam_access_key WHERE owner = ?", .text(user.id)) {
            throw DeleteConflict.first("delete access keys")
        }
        if try transaction.exists("SELECT 1 FROM iam_member WHERE user_id = ?", .text(user.id)) {
            throw DeleteConflict.first("remove users from group")
        }
        try Tags.removeAll(of: user.id, &transaction)
        try user.delete(in: &transaction)
        return Shape.Output()
    }
}
