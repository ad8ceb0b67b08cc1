import Door
import IAMAPI
import Storage

/// Makes a role that its trust policy opens to others.
/// - Source: IAM API Reference, "CreateRole".
struct CreateRole: Change {
    typealias Shape = IAM.CreateRole
    let naming: Naming

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> NewEntity {
        let account = try facts.signedAccount()
        let taken = try Role.find(input.roleName, in: account, snapshot).record != nil
        var target = NewEntity(.role, account, path: input.path, name: input.roleName, isTaken: taken)
        target.boundary = try input.permissionsBoundary.map { try ManagedPolicy.find(arn: $0, in: account, snapshot) }
        return target
    }

    func access(_ input: Input, to target: NewEntity, for facts: RequestFacts) throws -> Access {
        var keys = Tags.requestKeys(input.tags)
        if let boundary = input.permissionsBoundary { keys.append(ConditionEntry(.iamPermissionsBoundary, boundary)) }
        return try ask(on: target.arn, facts, keys: keys).with(tagging: input.tags, .role, target.arn, facts)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<NewEntity>, in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        guard !target.isTaken else {
            throw IAM.EntityAlreadyExistsException(message: EntityKind.role.exists(input.roleName))
        }
        guard input.path?.hasPrefix(ServiceLinkedRole.pathPrefix) != true else {
            throw IAM.InvalidInputException(
                message: "Only CreateServiceLinkedRole makes roles below \(ServiceLinkedRole.pathPrefix).")
        }
        if let boundary = target.boundary { try Boundary.check(boundary, of: .role) }
        try Quota.roles.check(in: target.account, transaction.snapshot)
        let trust = try TrustPolicy.stored(input.assumeRolePolicyDocument, transaction.snapshot)
        let role = Role(
            account: target.account, name: input.roleName, path: input.path ?? "/", id: naming.id(.role),
            created: permit.facts.now, boundary: input.permissionsBoundary, trust: trust,
            description: input.description, maximumSession: input.maxSessionDuration ?? 3600)
        try role.insert(in: &transaction)
        if let tags = input.tags { try Tags.put(tags, on: .principal(role.id), &transaction) }
        // The answer to a creation leaves out description and session length, as AWS's does.
        return Output(
            role: IAM.Role(
                path: role.path, roleName: role.name, roleId: role.id, arn: role.arn, createDate: role.created,
                assumeRolePolicyDocument: PolicyText.encoded(input.assumeRolePolicyDocument),
                permissionsBoundary: role.boundary.map(Boundary.shape), tags: input.tags))
    }
}
