import AWS
import Door
import IAMAPI
import Storage
import World

/// Makes the role that an AWS service acts with in this account, with the trust and the rights that the service needs.
/// - Source: IAM API Reference, "CreateServiceLinkedRole".
struct CreateServiceLinkedRole: Change {
    typealias Shape = IAM.CreateServiceLinkedRole
    let naming: Naming

    struct Target: Sendable {
        let account: AccountID
        /// Nil for a service that has none.
        let linked: ServiceLinkedRole?
        let name: String
        let isTaken: Bool
        let arn: String
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let (account, service) = (try facts.signedAccount(), input.aWSServiceName)
        let linked = ServiceLinkedRole.find(service)
        let name = linked?.name(suffix: input.customSuffix) ?? "AWSServiceRoleFor"
        return Target(
            account: account, linked: linked, name: name,
            isTaken: try Role.find(name, in: account, snapshot).record != nil,
            arn: EntityKind.role.arn(account, path: "\(ServiceLinkedRole.pathPrefix)\(service)/", name: name))
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: [ConditionEntry(.iamAWSServiceName, input.aWSServiceName)])
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        guard let linked = target.linked else {
            throw IAM.InvalidInputException(
                message: "\(input.aWSServiceName) is no service that has a service-linked role here.")
        }
        guard input.customSuffix == nil || linked.allowsSuffix else {
            throw IAM.InvalidInputException(message: "Custom suffix is not allowed for \(linked.service)")
        }
        guard !target.isTaken else {
            throw IAM.InvalidInputException(
                message: "Service role name \(target.name) has been taken in this account, "
                    + "please try a different suffix.")
        }
        guard target.name.utf8.count <= ServiceLinkedRole.longestName else {
            throw IAM.InvalidInputException(
                message: "The role name with its suffix has more than \(ServiceLinkedRole.longestName) characters.")
        }
        try Quota.roles.check(in: target.account, transaction.snapshot)
        let role = Role(
            account: target.account, name: target.name, path: linked.path, id: naming.id(.role),
            created: permit.facts.now, boundary: nil, trust: linked.trust, description: input.description,
            maximumSession: 3600)
        try role.insert(in: &transaction)
        try AttachedPolicies.attach(linked.policyARN, to: role.id, &transaction)
        var shape = try role.shape(.listed, transaction.snapshot)
        shape.assumeRolePolicyDocument = PolicyText.encoded(linked.announcedTrust)
        return Output(role: shape)
    }
}

/// Removes a service-linked role. No service here uses one for anything that would have to go first, so it is gone at
/// once; the task says so to whoever asks.
/// - Source: IAM API Reference, "DeleteServiceLinkedRole".
struct DeleteServiceLinkedRole: Change, OnRole {
    typealias Shape = IAM.DeleteServiceLinkedRole
    let naming: Naming

    /// What became of a deletion can be asked for thirty days.
    private static let memory = Duration.seconds(-30 * 86_400)

    func roleName(_ input: Input) -> String { input.roleName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<Role>>, in transaction: inout Transaction
    ) throws -> Output {
        let role = try permit.target.required()
        guard role.isServiceLinked else {
            throw IAM.NoSuchEntityException(message: "The service-linked role with name \(role.name) cannot be found.")
        }
        for arn in try AttachedPolicies.arns(of: role.id, transaction.snapshot) {
            _ = try AttachedPolicies.detach(arn, from: role.id, &transaction)
        }
        try role.delete(in: &transaction)
        try transaction.run(
            "DELETE FROM iam_linked_role_deletion WHERE created <= ?",
            .int((permit.facts.now + DeleteServiceLinkedRole.memory).milliseconds))
        let task = "task\(role.path)\(role.name)/\(naming.identifiers.uuid())"
        try transaction.run(
            "INSERT INTO iam_linked_role_deletion (task, account, role_arn, created) VALUES (?, ?, ?, ?)", .text(task),
            .text(role.account.description), .text(role.arn), .int(permit.facts.now.milliseconds))
        return Output(deletionTaskId: task)
    }
}

/// What became of the deletion of a service-linked role.
/// - Source: IAM API Reference, "GetServiceLinkedRoleDeletionStatus".
struct GetServiceLinkedRoleDeletionStatus: Query {
    typealias Shape = IAM.GetServiceLinkedRoleDeletionStatus

    /// The ARN of the role that the task was about, and whether there is such a task.
    struct Target: Sendable {
        let arn: String
        let isKnown: Bool
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let account = try facts.signedAccount()
        let arn = try snapshot.first(
            "SELECT role_arn FROM iam_linked_role_deletion WHERE task = ? AND account = ?", .text(input.deletionTaskId),
            .text(account.description)
        ) { $0.text(0) }
        // A task that is not there is asked about as the role that its text names.
        let named = input.deletionTaskId.split(separator: "/").dropFirst().dropLast().joined(separator: "/")
        return Target(arn: arn ?? "arn:aws:iam::\(account):role/\(named)", isKnown: arn != nil)
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<Target>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard permit.target.isKnown else {
            throw IAM.NoSuchEntityException(message: "The deletion task \(input.deletionTaskId) cannot be found.")
        }
        return Output(status: .succeeded)
    }
}

extension ServiceLinkedRole {
    /// - Source: IAM and STS quotas: characters of a role name.
    static let longestName = 64
}
