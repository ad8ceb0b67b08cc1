import Door
import IAMAPI
import Storage

/// Sets a role's description and longest session. What is not given stays as it is.
/// - Source: IAM API Reference, "UpdateRole".
struct UpdateRole: Change, OnRole {
    typealias Shape = IAM.UpdateRole
    func roleName(_ input: Input) -> String { input.roleName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<Role>>, in transaction: inout Transaction
    ) throws -> Output {
        let role = try permit.target.required()
        // Of a service's role only the description can be changed.
        if input.maxSessionDuration != nil { try role.requireOwn() }
        try transaction.run(
            "UPDATE iam_role SET description = ?, maximum_session = ? WHERE id = ?",
            .textOrNull(input.description ?? role.description),
            .number(input.maxSessionDuration ?? role.maximumSession), .text(role.id))
        transaction.touch(.identity)
        return Output()
    }
}

/// Sets a role's description.
/// - Source: IAM API Reference, "UpdateRoleDescription".
struct UpdateRoleDescription: Change, OnRole {
    typealias Shape = IAM.UpdateRoleDescription
    func roleName(_ input: Input) -> String { input.roleName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<Role>>, in transaction: inout Transaction
    ) throws -> Output {
        let role = try permit.target.required()
        try transaction.run(
            "UPDATE iam_role SET description = ? WHERE id = ?", .text(input.description), .text(role.id))
        let changed = try Role.find(id: role.id, transaction.snapshot) ?? role
        return Output(role: try changed.shape(.brief, transaction.snapshot))
    }
}

/// Replaces a role's trust policy.
/// - Source: IAM API Reference, "UpdateAssumeRolePolicy".
struct UpdateAssumeRolePolicy: Change, OnRole {
    typealias Shape = IAM.UpdateAssumeRolePolicy
    func roleName(_ input: Input) -> String { input.roleName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<Role>>, in transaction: inout Transaction
    ) throws -> Output {
        let role = try permit.target.required()
        try role.requireOwn()
        let trust = try TrustPolicy.stored(input.policyDocument, transaction.snapshot)
        try transaction.run("UPDATE iam_role SET trust = ? WHERE id = ?", .text(trust), .text(role.id))
        transaction.touch(.identity)
        return Output()
    }
}

/// Removes a role without policies.
/// - Source: IAM API Reference, "DeleteRole".
struct DeleteRole: Change, OnRole {
    typealias Shape = IAM.DeleteRole
    func roleName(_ input: Input) -> String { input.roleName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<Role>>, in transaction: inout Transaction
    ) throws -> Output {
        let role = try permit.target.required()
        try role.requireOwn()
        if try !InstanceProfile.list(of: role.id, limit: 1, transaction.snapshot).isEmpty {
            throw DeleteConflict.first("remove roles from instance profile")
        }
        try DeleteConflict.checkPolicies(of: role.id, transaction.snapshot)
        try role.delete(in: &transaction)
        return Output()
    }
}
