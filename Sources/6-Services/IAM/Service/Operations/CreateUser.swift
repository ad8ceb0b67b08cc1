import AWS
import Door
import IAMAPI
import Storage

/// Makes a user without any permission.
/// - Source: IAM API Reference, "CreateUser".
struct CreateUser: Change {
    typealias Shape = IAM.CreateUser
    let naming: Naming

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> NewEntity {
        let account = try facts.signedAccount()
        let taken = try User.find(input.userName, in: account, snapshot).record != nil
        var target = NewEntity(.user, account, path: input.path, name: input.userName, isTaken: taken)
        target.boundary = try input.permissionsBoundary.map { try ManagedPolicy.find(arn: $0, in: account, snapshot) }
        return target
    }

    func access(_ input: Shape.Input, to target: NewEntity, for facts: RequestFacts) throws -> Access {
        var keys = Tags.requestKeys(input.tags)
        if let boundary = input.permissionsBoundary { keys.append(ConditionEntry(.iamPermissionsBoundary, boundary)) }
        return try ask(on: target.arn, facts, keys: keys).with(tagging: input.tags, .user, target.arn, facts)
    }

    func perform(
        _ input: Shape.Input, under permit: borrowing Permit<NewEntity>, in transaction: inout Transaction
    ) throws -> Shape.Output {
        let target = permit.target
        guard !target.isTaken else {
            throw IAM.EntityAlreadyExistsException(message: EntityKind.user.exists(input.userName))
        }
        if let boundary = target.boundary { try Boundary.check(boundary, of: .user) }
        try Quota.users.check(in: target.account, transaction.snapshot)
        let user = User(
            account: target.account, name: input.userName, path: input.path ?? "/", id: naming.id(.user),
            created: permit.facts.now, boundary: input.permissionsBoundary)
        try user.insert(in: &transaction)
        if let tags = input.tags { try Tags.put(tags, on: .principal(user.id), &transaction) }
        return Shape.Output(user: user.shape(tags: input.tags))
    }
}

extension Access {
    /// Bringing tags along asks for the tagging action too, on the same entity.
    func with(tagging tags: [IAM.Tag]?, _ kind: EntityKind, _ arn: String, _ facts: RequestFacts) throws -> Access {
        guard let tags, !tags.isEmpty, case .ask(let asks) = self else { return self }
        let name = "Tag" + kind.operationName
        return .ask(
            asks + [Ask(.init("iam", name), on: arn, of: try facts.signedAccount(), keys: Tags.requestKeys(tags))])
    }
}
