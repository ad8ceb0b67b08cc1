import Door
import IAMAPI
import Storage

/// - Source: IAM API Reference, "DeleteUserPolicy".
struct DeleteUserPolicy: Change, OnOwner {
    typealias Shape = IAM.DeleteUserPolicy
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.required()
        guard try InlinePolicy.delete(input.policyName, of: owner.id, &transaction) else {
            throw InlinePolicy.missing(input.policyName, owner)
        }
        return Output()
    }
}

/// - Source: IAM API Reference, "DeleteGroupPolicy".
struct DeleteGroupPolicy: Change, OnOwner {
    typealias Shape = IAM.DeleteGroupPolicy
    static let kind = EntityKind.group
    func ownerName(_ input: Input) -> String { input.groupName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.required()
        guard try InlinePolicy.delete(input.policyName, of: owner.id, &transaction) else {
            throw InlinePolicy.missing(input.policyName, owner)
        }
        return Output()
    }
}

/// - Source: IAM API Reference, "DeleteRolePolicy".
struct DeleteRolePolicy: Change, OnOwner {
    typealias Shape = IAM.DeleteRolePolicy
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.required()
        try owner.requireOwn()
        guard try InlinePolicy.delete(input.policyName, of: owner.id, &transaction) else {
            throw InlinePolicy.missing(input.policyName, owner)
        }
        return Output()
    }
}
