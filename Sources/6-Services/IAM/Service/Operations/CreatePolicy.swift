import Door
import IAMAPI
import Storage

/// Makes a managed policy of the account's own, with its first version.
/// - Source: IAM API Reference, "CreatePolicy".
struct CreatePolicy: Change {
    typealias Shape = IAM.CreatePolicy
    let naming: Naming

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> NewEntity {
        let account = try facts.signedAccount()
        let taken = try ManagedPolicy.exists(name: input.policyName, in: account, snapshot)
        return NewEntity(.policy, account, path: input.path, name: input.policyName, isTaken: taken)
    }

    func access(_ input: Input, to target: NewEntity, for facts: RequestFacts) throws -> Access {
        try ask(
            on: target.arn, facts, keys: Tags.requestKeys(input.tags), as: EntityKind.policy.title(input.policyName)
        )
        .with(tagging: input.tags, .policy, target.arn, facts)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<NewEntity>, in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        guard !target.isTaken else {
            throw IAM.EntityAlreadyExistsException(
                message: "A policy called \(input.policyName) already exists. Duplicate names are not allowed.")
        }
        try PolicyText.checkManaged(input.policyDocument)
        try Quota.policies.check(in: target.account, transaction.snapshot)
        let policy = ManagedPolicy(
            account: target.account, name: input.policyName, path: input.path ?? "/", id: naming.id(.policy),
            description: input.description, created: permit.facts.now)
        try policy.insert(in: &transaction)
        try PolicyVersion(number: 1, document: input.policyDocument, created: permit.facts.now)
            .insert(for: policy, &transaction)
        if let tags = input.tags { try Tags.put(tags, on: .resource(policy.id), &transaction) }
        return Output(policy: try policy.shape(in: target.account, tags: input.tags, transaction.snapshot))
    }
}
