import Door
import IAMAPI
import Storage

/// A policy written into its owner. Answers name it as the caller does; lists as it was first written.
/// - Source: as captured from AWS in radkawar/stackd, `docs/iam-completion.md`.
private func inline(
    _ name: String, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
) throws -> (owner: PolicyOwner, policy: InlinePolicy) {
    let owner = try permit.target.required()
    guard let policy = try InlinePolicy.find(name, of: owner.id, snapshot) else {
        throw InlinePolicy.missing(name, owner)
    }
    return (owner, policy)
}

extension InlinePolicy {
    static func missing(_ name: String, _ owner: PolicyOwner) -> IAM.NoSuchEntityException {
        IAM.NoSuchEntityException(message: "The \(owner.kind.rawValue) policy with name \(name) cannot be found.")
    }
}

/// - Source: IAM API Reference, "GetUserPolicy".
struct GetUserPolicy: Query, OnOwner {
    typealias Shape = IAM.GetUserPolicy
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (owner, policy) = try inline(input.policyName, under: permit, in: snapshot)
        return Output(
            userName: owner.name, policyName: input.policyName, policyDocument: PolicyText.encoded(policy.document))
    }
}

/// - Source: IAM API Reference, "GetGroupPolicy".
struct GetGroupPolicy: Query, OnOwner {
    typealias Shape = IAM.GetGroupPolicy
    static let kind = EntityKind.group
    func ownerName(_ input: Input) -> String { input.groupName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (owner, policy) = try inline(input.policyName, under: permit, in: snapshot)
        return Output(
            groupName: owner.name, policyName: input.policyName, policyDocument: PolicyText.encoded(policy.document))
    }
}

/// - Source: IAM API Reference, "GetRolePolicy".
struct GetRolePolicy: Query, OnOwner {
    typealias Shape = IAM.GetRolePolicy
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (owner, policy) = try inline(input.policyName, under: permit, in: snapshot)
        return Output(
            roleName: owner.name, policyName: input.policyName, policyDocument: PolicyText.encoded(policy.document))
    }
}
