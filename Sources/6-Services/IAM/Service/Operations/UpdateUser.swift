import AWS
import Door
import IAMAPI
import Storage

/// Renames a user or moves it to another path. Its unique id, keys and policies stay.
/// - Source: IAM API Reference, "UpdateUser".
struct UpdateUser: Change {
    typealias Shape = IAM.UpdateUser

    /// The user as it is, and what it is to become.
    struct Target: Sendable {
        let user: Found<User>
        let newARN: String
        let isTaken: Bool
    }

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let account = try facts.signedAccount()
        let found = try User.findTagged(input.userName, in: account, snapshot)
        let name = input.newUserName ?? found.record?.name ?? input.userName
        let holder = try User.find(name, in: account, snapshot).record
        return Target(
            user: found,
            newARN: EntityKind.user.arn(account, path: input.newPath ?? found.record?.path ?? "/", name: name),
            isTaken: holder != nil && holder?.id != found.record?.id)
    }

    func access(_ input: Shape.Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let owner = try facts.signedAccount()
        let action = Action("iam", "UpdateUser")
        let user = target.user
        return .ask([
            Ask(action, on: user.arn, of: owner, keys: user.tagKeys, title: user.title),
            Ask(action, on: target.newARN, of: owner, keys: user.tagKeys),
        ])
    }

    func perform(
        _ input: Shape.Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Shape.Output {
        let user = try permit.target.user.required()
        let name = input.newUserName ?? user.name
        guard !permit.target.isTaken else {
            throw IAM.EntityAlreadyExistsException(message: EntityKind.user.exists(name))
        }
        try transaction.run(
            "UPDATE iam_user SET name = ?, name_key = ?, path = ? WHERE id = ?", .text(name), .text(name.lowercased()),
            .text(input.newPath ?? user.path), .text(user.id))
        transaction.touch(.identity)
        return Shape.Output()
    }
}
