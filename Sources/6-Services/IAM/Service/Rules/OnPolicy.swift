import Door
import IAMAPI
import Storage

/// An operation on a managed policy by its ARN.
protocol OnPolicy: OnTagged where Target == Found<ManagedPolicy> {
    func policyARN(_ input: Input) -> String
    /// The version in the request, where it names one.
    func versionName(_ input: Input) -> String?
}

extension OnPolicy {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Found<
        ManagedPolicy
    > {
        let found = try ManagedPolicy.find(arn: policyARN(input), in: facts.signedAccount(), snapshot)
        return try found.tagged(by: found.record?.id, snapshot)
    }

    func access(_ input: Input, to target: Found<ManagedPolicy>, for facts: RequestFacts) throws -> Access {
        let version = versionName(input).map { " version " + $0 } ?? ""
        return try ask(on: target.arn, facts, keys: keys(input) + target.tagKeys, as: target.title + version)
    }

    func versionName(_ input: Input) -> String? { nil }
}

extension ManagedPolicy: TaggedRecord {
    var tagOwner: TagOwner { .resource(id) }

    /// AWS's have no tags, whoever asks.
    /// - Source: as captured from AWS in radkawar/stackd, `internal/iam/managed/testdata/immutability.json`, commit
    ///   9dc356f; so are the words of the other refusals.
    func checkOwn(_ arn: String) throws {
        guard !isAWSManaged else {
            throw IAM.InvalidInputException(message: "Tags not supported for policies in this domain")
        }
    }

    /// AWS's cannot be changed by anyone.
    /// - Parameter change: what is refused, such as `delete policies`.
    func checkOwn(to change: String) throws {
        guard !isAWSManaged else { throw ManagedPolicy.outside(change) }
    }

    static func outside(_ change: String) -> AccessDenied {
        AccessDenied("Cannot \(change) outside your own account.")
    }
}

extension Found where Record == ManagedPolicy {
    /// The policy, if it is one of the account's own. AWS's cannot be changed by anyone.
    /// - Parameter change: what is refused on AWS's, such as `delete policies`.
    func requiredOwn(to change: String = "update policies") throws -> ManagedPolicy {
        try own(required(), to: change)
    }

    /// The same where a version of it is named, which is then what is missing.
    func requiredOwn(to change: String = "update policies", version: String) throws -> ManagedPolicy {
        try own(required(version: version), to: change)
    }

    func required(version: String) throws -> ManagedPolicy {
        try required(orElse: ManagedPolicy.unattachable("\(arn) version \(version)"))
    }

    private func own(_ policy: ManagedPolicy, to change: String) throws -> ManagedPolicy {
        try policy.checkOwn(to: change)
        return policy
    }
}
