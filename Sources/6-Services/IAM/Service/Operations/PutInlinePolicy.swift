import Authorization
import Door
import IAMAPI
import Storage

/// Writes a policy into its owner, replacing one of the same name.
private func put(
    _ name: String, _ document: String, under permit: borrowing Permit<Found<PolicyOwner>>,
    in transaction: inout Transaction
) throws {
    let owner = try permit.target.required()
    try owner.requireOwn()
    try PolicyText.check(document, as: .identity)
    try InlinePolicy(name: name, document: document).put(on: owner.id, &transaction)
    let size = try InlinePolicy.all(of: owner.id, transaction.snapshot)
        .reduce(0) { $0 + PolicyQuota.countWithoutWhitespace($1.document) }
    guard size <= owner.inlineLimit else {
        throw IAM.LimitExceededException(
            message:
                "Maximum policy size of \(owner.inlineLimit) bytes exceeded for \(owner.kind.rawValue) \(owner.name)")
    }
}

/// - Source: IAM API Reference, "PutUserPolicy".
struct PutUserPolicy: Change, OnOwner {
    typealias Shape = IAM.PutUserPolicy
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try put(input.policyName, input.policyDocument, under: permit, in: &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "PutGroupPolicy".
struct PutGroupPolicy: Change, OnOwner {
    typealias Shape = IAM.PutGroupPolicy
    static let kind = EntityKind.group
    func ownerName(_ input: Input) -> String { input.groupName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try put(input.policyName, input.policyDocument, under: permit, in: &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "PutRolePolicy".
struct PutRolePolicy: Change, OnOwner {
    typealias Shape = IAM.PutRolePolicy
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try put(input.policyName, input.policyDocument, under: permit, in: &transaction)
        return Output()
    }
}
