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
    /// AWS's cannot be changed by anyone.
    func checkOwn(_ arn: String) throws {
        guard !isAWSManaged else {
            throw AccessDenied("Cannot perform the operation on an AWS managed policy: \(arn)")
        }
    }
}

extension Found where Record == ManagedPolicy {
    /// The policy, if it is one of the account's own.
    func requiredOwn() throws -> ManagedPolicy {
        let policy = try required()
        try policy.checkOwn(arn)
        return policy
    }
}
