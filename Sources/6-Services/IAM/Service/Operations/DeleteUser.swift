import Door
import IAMAPI
import Storage

/// Removes a user that nothing hangs on any more.
/// - Source: IAM API Reference, "DeleteUser": what must be removed first.
struct DeleteUser: Change, OnUser {
    typealias Shape = IAM.DeleteUser
    func userName(_ input: Input) -> String { input.userName }

    func perform(
        _ input: Shape.Input, under permit: borrowing Permit<Found<User>>, in transaction: inout Transaction
    ) throws -> Shape.Output {
        let user = try permit.target.required()
        if try LoginProfile.find(owner: user.id, transaction.snapshot) != nil {
            throw DeleteConflict.first("delete login profile")
        }
        try DeleteConflict.checkPolicies(of: user.id, transaction.snapshot)
        if try transaction.exists("SELECT 1 FROM iam_access_key WHERE owner = ?", .text(user.id)) {
            throw DeleteConflict.first("delete access keys")
        }
        try DeleteConflict.checkCredentials(of: user, transaction.snapshot)
        if try MFADevice.exists(of: user.id, transaction.snapshot) {
            throw DeleteConflict.first("remove tokens from principal")
        }
        if try transaction.exists("SELECT 1 FROM iam_member WHERE user_id = ?", .text(user.id)) {
            throw DeleteConflict.first("remove users from group")
        }
        try FactorLock.open(user.id, &transaction)
        try KnownPlace.forget(user.id, &transaction)
        try Tags.removeAll(of: user.id, &transaction)
        try transaction.run("DELETE FROM iam_access_use WHERE owner = ?", .text(user.id))
        try PasswordUse.forget(user.id, &transaction)
        try user.delete(in: &transaction)
        return Shape.Output()
    }
}
