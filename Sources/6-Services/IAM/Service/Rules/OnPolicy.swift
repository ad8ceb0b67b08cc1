import Door
import IAMAPI
import Storage

/// An operation on a managed policy by its ARN.
protocol OnPolicy: Operation where Target == Found<ManagedPolicy> {
    func policyARN(_ input: Input) -> String
    func keys(_ input: Input) -> [ConditionEntry]
}

extension OnPolicy {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Found<ManagedPolicy> {
        var found = try ManagedPolicy.find(arn: policyARN(input), in: facts.signedAccount(), snapshot)
        found.tagKeys = try Tags.resourceKeys(found.record?.id, snapshot)
        return found
    }

    func access(_ input: Input, to target: Found<ManagedPolicy>, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: keys(input) + target.tagKeys)
    }

    func keys(_ input: Input) -> [ConditionEntry] { [] }
}

extension Found where Record == ManagedPolicy {
    /// The policy, if it is one of the account's own. AWS's cannot be changed by anyone.
    func requiredOwn() throws -> ManagedPolicy {
        let policy = try required()
        guard !policy.isAWSManaged else { throw AccessDenied("Cannot perform the operation on an AWS managed policy: \(arn)") }
        return policy
    }
}
