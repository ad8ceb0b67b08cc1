import Door
import Smithy
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
            on: target.arn, facts,
            keys: keys(input) + target.tagKeys + (Self.seesBoundary ? target.record?.boundaryKeys ?? [] : []),
            as: target.title)
    }

    /// Whether policies see the entity's boundary: where its policies or the boundary itself are changed.
    /// - Source: Service Authorization Reference, IAM: the actions with `iam:PermissionsBoundary`.
    private static var seesBoundary: Bool {
        let name = Shape.model.name
        return ["Attach", "Detach", "Put", "Delete"].contains { name.hasPrefix($0) }
            && ["Policy", "PermissionsBoundary"].contains { name.hasSuffix($0) }
    }
}
