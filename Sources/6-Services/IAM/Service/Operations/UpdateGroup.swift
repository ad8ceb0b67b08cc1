import AWS
import Door
import IAMAPI
import Storage

/// Renames a group or moves it to another path. Its members and policies stay.
/// - Source: IAM API Reference, "UpdateGroup".
struct UpdateGroup: Change {
    typealias Shape = IAM.UpdateGroup

    /// The group as it is, and what it is to become.
    struct Target: Sendable {
        let group: Found<Group>
        let newARN: String
        let isTaken: Bool
    }

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let account = try facts.signedAccount()
        let found = try Group.find(input.groupName, in: account, snapshot)
        let name = input.newGroupName ?? found.record?.name ?? input.groupName
        let holder = try Group.find(name, in: account, snapshot).record
        return Target(
            group: found,
            newARN: EntityKind.group.arn(account, path: input.newPath ?? found.record?.path ?? "/", name: name),
            isTaken: holder != nil && holder?.id != found.record?.id)
    }

    func access(_ input: Shape.Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let owner = try facts.signedAccount()
        let action = Action("iam", "UpdateGroup")
        return .ask([
            Ask(action, on: target.group.arn, of: owner, title: target.group.title),
            Ask(action, on: target.newARN, of: owner),
        ])
    }

    func perform(
        _ input: Shape.Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Shape.Output {
        let group = try permit.target.group.required()
        let name = input.newGroupName ?? group.name
        guard !permit.target.isTaken else {
            throw IAM.EntityAlreadyExistsException(message: EntityKind.group.exists(name))
        }
        try transaction.run(
            "UPDATE iam_group SET name = ?, name_key = ?, path = ? WHERE id = ?", .text(name), .text(name.lowercased()),
            .text(input.newPath ?? group.path), .text(group.id))
        transaction.touch(.identity)
        return Shape.Output()
    }
}
