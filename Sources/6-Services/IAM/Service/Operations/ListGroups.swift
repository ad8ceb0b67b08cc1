import Door
import IAMAPI
import Storage

/// Groups whose path begins with a prefix.
/// - Source: IAM API Reference, "ListGroups".
struct ListGroups: Query {
    typealias Shape = IAM.ListGroups

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Listing {
        try Listing(.group, pathPrefix: input.pathPrefix, input.marker, input.maxItems, facts)
    }

    func access(_ input: Shape.Input, to target: Listing, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts)
    }

    func answer(
        _ input: Shape.Input, under permit: borrowing Permit<Listing>, in snapshot: borrowing Snapshot
    ) throws -> Shape.Output {
        let target = permit.target
        let page = target.page
        let (groups, marker) = page.cut(
            try Group.list(
                in: target.account, pathPrefix: target.pathPrefix, after: page.after, limit: page.fetch, snapshot)
        ) { $0.name.lowercased() }
        return Shape.Output(groups: groups.map { $0.shape() }, isTruncated: marker != nil, marker: marker)
    }
}
