import Door
import Storage

/// An operation on an instance profile by its name.
protocol OnInstanceProfile: OnTagged where Target == Found<InstanceProfile> {
    func profileName(_ input: Input) -> String
}

extension OnInstanceProfile {
    func resolve(
        _ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot
    ) throws -> Found<InstanceProfile> {
        let found = try InstanceProfile.find(profileName(input), in: facts.signedAccount(), snapshot)
        return try found.tagged(by: found.record?.id, snapshot)
    }

    func access(_ input: Input, to target: Found<InstanceProfile>, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: keys(input) + target.tagKeys, as: target.title)
    }
}
