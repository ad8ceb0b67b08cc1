import Door
import Storage

/// An operation on a user, group or role by its name: what the three kinds share.
protocol OnOwner: OnTagged where Target == Found<PolicyOwner> {
    static var kind: EntityKind { get }
    /// The entity's name in the request.
    func ownerName(_ input: Input) -> String
}

extension OnOwner {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Found<PolicyOwner>
    {
        try PolicyOwner.find(Self.kind, ownerName(input), in: facts.signedAccount(), snapshot)
    }

    func access(_ input: Input, to target: Found<PolicyOwner>, for facts: RequestFacts) throws -> Access {
        try ask(
            on: target.arn, facts, keys: keys(input) + target.tagKeys + (target.record?.boundaryKeys ?? []),
            as: target.title)
    }
}
