import Door
import IAMAPI
import Storage
import World

/// Adds a version to a managed policy, at most five.
/// - Source: IAM API Reference, "CreatePolicyVersion".
struct CreatePolicyVersion: Change, OnPolicy {
    typealias Shape = IAM.CreatePolicyVersion
    func policyARN(_ input: Input) -> String { input.policyArn }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in transaction: inout Transaction
    ) throws -> Output {
        let policy = try permit.target.requiredOwn(to: "create versions for policies")
        try PolicyText.checkManaged(input.policyDocument)
        let count = try transaction.number(
            "SELECT count(*) FROM iam_policy_version WHERE policy_id = ?", .text(policy.id))
        guard count < ManagedPolicy.versionLimit else {
            throw IAM.LimitExceededException(
                message:
                    "A managed policy can have up to \(ManagedPolicy.versionLimit) versions. Before you create a new "
                    + "version, you must delete an existing version.")
        }
        let isDefault = input.setAsDefault ?? false
        let version = PolicyVersion(
            number: policy.lastVersion + 1, document: input.policyDocument, created: permit.facts.now)
        try version.insert(for: policy, &transaction)
        try transaction.run(
            "UPDATE iam_policy SET last_version = ?, default_version = ?, updated = ? WHERE id = ?",
            .number(version.number), .number(isDefault ? version.number : policy.defaultVersion),
            .int(permit.facts.now.milliseconds), .text(policy.id))
        return Output(
            policyVersion: IAM.PolicyVersion(
                versionId: version.name, isDefaultVersion: isDefault, createDate: version.created))
    }
}

/// One version with its document.
/// - Source: IAM API Reference, "GetPolicyVersion".
struct GetPolicyVersion: Query, OnPolicy {
    typealias Shape = IAM.GetPolicyVersion
    func policyARN(_ input: Input) -> String { input.policyArn }
    func versionName(_ input: Input) -> String? { input.versionId }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let policy = try permit.target.required(version: input.versionId)
        let version = try policy.version(input.versionId, snapshot)
        return Output(
            policyVersion: IAM.PolicyVersion(
                document: PolicyText.encoded(version.document), versionId: version.name,
                isDefaultVersion: version.number == policy.defaultVersion, createDate: version.created))
    }
}

/// The versions of a managed policy, newest first.
/// - Source: IAM API Reference, "ListPolicyVersions".
struct ListPolicyVersions: Query, OnPolicy {
    typealias Shape = IAM.ListPolicyVersions
    func policyARN(_ input: Input) -> String { input.policyArn }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let policy = try permit.target.required()
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        guard let below = page.after.isEmpty ? Int.max : Int(page.after) else { throw Invalid.marker }
        let (versions, marker) = page.cut(
            try PolicyVersion.list(of: policy, below: below, limit: page.fetch, snapshot)
        ) { String($0.number) }
        return Output(
            versions: versions.map {
                IAM.PolicyVersion(
                    versionId: $0.name, isDefaultVersion: $0.number == policy.defaultVersion, createDate: $0.created)
            }, isTruncated: marker != nil, marker: marker)
    }
}

/// Removes a version that is not the default.
/// - Source: IAM API Reference, "DeletePolicyVersion".
struct DeletePolicyVersion: Change, OnPolicy {
    typealias Shape = IAM.DeletePolicyVersion
    func policyARN(_ input: Input) -> String { input.policyArn }
    func versionName(_ input: Input) -> String? { input.versionId }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in transaction: inout Transaction
    ) throws -> Output {
        let policy = try permit.target.requiredOwn(
            to: "delete policy versions for policies", version: input.versionId)
        let version = try policy.version(input.versionId, transaction.snapshot)
        guard version.number != policy.defaultVersion else {
            throw IAM.DeleteConflictException(message: "Cannot delete the default version of a policy.")
        }
        try transaction.run(
            "DELETE FROM iam_policy_version WHERE policy_id = ? AND number = ?", .text(policy.id),
            .number(version.number))
        transaction.touch(.identity)
        return Output()
    }
}

/// Makes another version the one in force.
/// - Source: IAM API Reference, "SetDefaultPolicyVersion".
struct SetDefaultPolicyVersion: Change, OnPolicy {
    typealias Shape = IAM.SetDefaultPolicyVersion
    func policyARN(_ input: Input) -> String { input.policyArn }
    func versionName(_ input: Input) -> String? { input.versionId }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in transaction: inout Transaction
    ) throws -> Output {
        let policy = try permit.target.requiredOwn(version: input.versionId)
        let version = try policy.version(input.versionId, transaction.snapshot)
        try transaction.run(
            "UPDATE iam_policy SET default_version = ?, updated = ? WHERE id = ?", .number(version.number),
            .int(permit.facts.now.milliseconds), .text(policy.id))
        transaction.touch(.identity)
        return Output()
    }
}

extension ManagedPolicy {
    /// The version of that name, such as `v2`.
    fileprivate func version(_ name: String, _ snapshot: borrowing Snapshot) throws -> PolicyVersion {
        guard let number = PolicyVersion.number(name), let version = try PolicyVersion.find(number, of: self, snapshot)
        else {
            throw IAM.NoSuchEntityException(
                message: ManagedPolicy.unattachable("\(arn) version \(name)"))
        }
        return version
    }
}
