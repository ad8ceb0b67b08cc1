import Door
import IAMAPI
import Storage

/// A role with its trust policy.
/// - Source: IAM API Reference, "GetRole".
struct GetRole: Query, OnRole {
    typealias Shape = IAM.GetRole
    func roleName(_ input: Input) -> String { input.roleName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<Role>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let role = try permit.target.required()
        let tags = permit.target.tags
        return Output(role: try role.shape(.whole, tags: tags.isEmpty ? nil : tags, snapshot))
    }
}

/// Roles whose path begins with a prefix.
/// - Source: IAM API Reference, "ListRoles".
struct ListRoles: Query {
    typealias Shape = IAM.ListRoles

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Listing {
        try Listing(.role, pathPrefix: input.pathPrefix, input.marker, input.maxItems, facts)
    }

    func access(_ input: Input, to target: Listing, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<Listing>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let target = permit.target
        let page = target.page
        let (roles, marker) = page.cut(
            try Role.list(
                in: target.account, pathPrefix: target.pathPrefix, after: page.after, limit: page.fetch, snapshot)
        ) { $0.name.lowercased() }
        return Output(
            roles: try roles.map { try $0.shape(.listed, snapshot) }, isTruncated: marker != nil,
            marker: marker)
    }
}
