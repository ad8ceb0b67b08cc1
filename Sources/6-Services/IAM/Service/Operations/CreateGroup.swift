import Door
import IAMAPI
import Storage

/// Makes a group without members or permissions.
/// - Source: IAM API Reference, "CreateGroup".
struct CreateGroup: Change {
    typealias Shape = IAM.CreateGroup
    let naming: Naming

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> NewEntity {
        let account = try facts.signedAccount()
        let taken = try Group.find(input.groupName, in: account, snapshot).record != nil
        return NewEntity(.group, account, path: input.path, name: input.groupName, isTaken: taken)
    }

    func access(_ input: Shape.Input, to target: NewEntity, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts)
    }

    func perform(
        _ input: Shape.Input, under permit: borrowing Permit<NewEntity>, in transaction: inout Transaction
    ) throws -> Shape.Output {
        let target = permit.target
        guard !target.isTaken else {
            throw IAM.EntityAlreadyExistsException(message: EntityKind.group.exists(input.groupName))
        }
        try Quota.groups.check(in: target.account, transaction.snapshot)
        let group = Group(
            account: target.account, name: input.groupName, path: input.path ?? "/", id: naming.id(.group),
            created: permit.facts.now)
        try group.insert(in: &transaction)
        return Shape.Output(group: group.shape())
    }
}
