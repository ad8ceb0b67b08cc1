import Door
import IAMAPI
import Storage

/// Attaches a managed policy: the account's own or one of AWS's that is not reserved.
private func attach(
    _ arn: String, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
) throws {
    let owner = try permit.target.required()
    try owner.requireOwn()
    guard ManagedPolicy.isARN(arn) else { throw Invalid("ARN \(arn) is not valid.") }
    let policy = try ManagedPolicy.find(arn: arn, in: owner.account, transaction.snapshot)
    try policy.required(orElse: ManagedPolicy.unattachable(arn)).checkAttachable(to: owner.kind)
    try AttachedPolicies.attach(arn, to: owner.id, &transaction)
    guard try AttachedPolicies.count(of: owner.id, transaction.snapshot) <= PolicyOwner.attachmentLimit else {
        let kind = owner.kind.rawValue.prefix(1).uppercased() + owner.kind.rawValue.dropFirst()
        throw Quota.exceeded("PoliciesPer" + kind, PolicyOwner.attachmentLimit)
    }
}

/// - Source: IAM API Reference, "AttachUserPolicy".
struct AttachUserPolicy: Change, OnOwner {
    typealias Shape = IAM.AttachUserPolicy
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.iamPolicyARN, input.policyArn)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try attach(input.policyArn, under: permit, in: &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "AttachGroupPolicy".
struct AttachGroupPolicy: Change, OnOwner {
    typealias Shape = IAM.AttachGroupPolicy
    static let kind = EntityKind.group
    func ownerName(_ input: Input) -> String { input.groupName }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.iamPolicyARN, input.policyArn)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try attach(input.policyArn, under: permit, in: &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "AttachRolePolicy".
struct AttachRolePolicy: Change, OnOwner {
    typealias Shape = IAM.AttachRolePolicy
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.iamPolicyARN, input.policyArn)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try attach(input.policyArn, under: permit, in: &transaction)
        return Output()
    }
}
