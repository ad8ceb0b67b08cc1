import Door
import IAMAPI
import Storage

/// Detaches a managed policy.
private func detach(
    _ arn: String, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
) throws {
    let owner = try permit.target.required()
    try owner.requireOwn()
    guard try AttachedPolicies.detach(arn, from: owner.id, &transaction) else {
        throw IAM.NoSuchEntityException(message: "Policy \(arn) was not found.")
    }
}

/// - Source: IAM API Reference, "DetachUserPolicy".
struct DetachUserPolicy: Change, OnOwner {
    typealias Shape = IAM.DetachUserPolicy
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.iamPolicyARN, input.policyArn)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try detach(input.policyArn, under: permit, in: &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "DetachGroupPolicy".
struct DetachGroupPolicy: Change, OnOwner {
    typealias Shape = IAM.DetachGroupPolicy
    static let kind = EntityKind.group
    func ownerName(_ input: Input) -> String { input.groupName }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.iamPolicyARN, input.policyArn)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try detach(input.policyArn, under: permit, in: &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "DetachRolePolicy".
struct DetachRolePolicy: Change, OnOwner {
    typealias Shape = IAM.DetachRolePolicy
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.iamPolicyARN, input.policyArn)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try detach(input.policyArn, under: permit, in: &transaction)
        return Output()
    }
}
