import Door
import IAMAPI
import Storage

/// Users whose path begins with a prefix.
/// - Source: IAM API Reference, "ListUsers".
struct ListUsers: Query {
    typealias Shape = IAM.ListUsers

    func resolve(_ input: Shape.Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Listing {
        try Listing(.user, pathPrefix: input.pathPrefix, input.marker, input.maxItems, facts)
    }

    func access(_ input: Shape.Input, to target: Listing, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts)
    }

    func answer(
        _ input: Shape.Input, under permit: borrowing Permit<Listing>, in snapshot: borrowing Snapshot
    ) throws -> Shape.Output {
        let target = permit.target
        let page = target.page
        let (users, marker) = page.cut(
            try User.list(
                in: target.account, pathPrefix: target.pathPrefix, after: page.after, limit: page.fetch, snapshot)
        ) { $0.name.lowercased() }
        let uses = try PasswordUse.last(of: users, snapshot)
        return Shape.Output(
            users: users.map { $0.shape(passwordLastUsed: uses[$0.id], isListed: true) }, isTruncated: marker != nil,
            marker: marker)
    }
}
