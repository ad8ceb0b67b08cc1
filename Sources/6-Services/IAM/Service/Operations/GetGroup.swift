import Door
import IAMAPI
import Storage

/// A group and its members.
/// - Source: IAM API Reference, "GetGroup".
struct GetGroup: Query {
    typealias Shape = IAM.GetGroup

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Found<Group>
    {
        try Group.find(input.groupName, in: facts.signedAccount(), snapshot)
    }

    func access(_ input: Shape.Input, to target: Found<Group>, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, as: target.title)
    }

    func answer(
        _ input: Shape.Input, under permit: borrowing Permit<Found<Group>>, in snapshot: borrowing Snapshot
    ) throws -> Shape.Output {
        let group = try permit.target.required()
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (users, marker) = page.cut(
            try User.members(of: group, after: page.after, limit: page.fetch, snapshot)
        ) { $0.name.lowercased() }
        return Shape.Output(
            group: group.shape(), users: users.map { $0.shape() }, isTruncated: marker != nil, marker: marker)
    }
}
