import Door
import IAMAPI
import Storage

/// - Source: IAM API Reference, "PutUserPermissionsBoundary".
struct PutUserPermissionsBoundary: Change, OnOwner {
    typealias Shape = IAM.PutUserPermissionsBoundary
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }
    /// The boundary that policies are asked about is the one to come, not the one there is.
    func access(_ input: Input, to target: Found<PolicyOwner>, for facts: RequestFacts) throws -> Access {
        let boundary = ConditionEntry(.iamPermissionsBoundary, input.permissionsBoundary)
        return try ask(on: target.arn, facts, keys: target.tagKeys + [boundary], as: target.title)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.required()
        try Boundary.check(
            ManagedPolicy.find(arn: input.permissionsBoundary, in: owner.account, transaction.snapshot), of: owner.kind)
        try transaction.run(
            "UPDATE iam_user SET boundary = ? WHERE id = ?", .text(input.permissionsBoundary), .text(owner.id))
        transaction.touch(.identity)
        return Output()
    }
}

/// - Source: IAM API Reference, "DeleteUserPermissionsBoundary".
struct DeleteUserPermissionsBoundary: Change, OnOwner {
    typealias Shape = IAM.DeleteUserPermissionsBoundary
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.required()
        guard owner.boundary != nil else {
            throw IAM.NoSuchEntityException(
                message: "The user with name \(owner.name) does not have a permissions boundary.")
        }
        try transaction.run("UPDATE iam_user SET boundary = NULL WHERE id = ?", .text(owner.id))
        transaction.touch(.identity)
        return Output()
    }
}

/// - Source: IAM API Reference, "PutRolePermissionsBoundary".
struct PutRolePermissionsBoundary: Change, OnOwner {
    typealias Shape = IAM.PutRolePermissionsBoundary
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }
    /// The boundary that policies are asked about is the one to come, not the one there is.
    func access(_ input: Input, to target: Found<PolicyOwner>, for facts: RequestFacts) throws -> Access {
        let boundary = ConditionEntry(.iamPermissionsBoundary, input.permissionsBoundary)
        return try ask(on: target.arn, facts, keys: target.tagKeys + [boundary], as: target.title)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.required()
        try owner.requireOwn()
        try Boundary.check(
            ManagedPolicy.find(arn: input.permissionsBoundary, in: owner.account, transaction.snapshot), of: owner.kind)
        try transaction.run(
            "UPDATE iam_role SET boundary = ? WHERE id = ?", .text(input.permissionsBoundary), .text(owner.id))
        transaction.touch(.identity)
        return Output()
    }
}

/// - Source: IAM API Reference, "DeleteRolePermissionsBoundary".
struct DeleteRolePermissionsBoundary: Change, OnOwner {
    typealias Shape = IAM.DeleteRolePermissionsBoundary
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.required()
        try owner.requireOwn()
        guard owner.boundary != nil else {
            throw IAM.NoSuchEntityException(
                message: "The role with name \(owner.name) does not have a permissions boundary.")
        }
        try transaction.run("UPDATE iam_role SET boundary = NULL WHERE id = ?", .text(owner.id))
        transaction.touch(.identity)
        return Output()
    }
}
