import Door
import IAMAPI
import Storage

/// A page of the names of the policies written into an owner.
private func names(
    _ marker: String?, _ maxItems: Int?, under permit: borrowing Permit<Found<PolicyOwner>>,
    in snapshot: borrowing Snapshot
) throws -> (names: [String], marker: String?) {
    let owner = try permit.target.required()
    let page = try Page(marker: marker, maxItems: maxItems)
    let names = try InlinePolicy.names(of: owner.id, after: page.after, limit: page.fetch, snapshot)
    let (items, next) = page.cut(names) { $0.lowercased() }
    return (items, next)
}

/// - Source: IAM API Reference, "ListUserPolicies".
struct ListUserPolicies: Query, OnOwner {
    typealias Shape = IAM.ListUserPolicies
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (names, marker) = try names(input.marker, input.maxItems, under: permit, in: snapshot)
        return Output(policyNames: names, isTruncated: marker != nil, marker: marker)
    }
}

/// - Source: IAM API Reference, "ListGroupPolicies".
struct ListGroupPolicies: Query, OnOwner {
    typealias Shape = IAM.ListGroupPolicies
    static let kind = EntityKind.group
    func ownerName(_ input: Input) -> String { input.groupName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (names, marker) = try names(input.marker, input.maxItems, under: permit, in: snapshot)
        return Output(policyNames: names, isTruncated: marker != nil, marker: marker)
    }
}

/// - Source: IAM API Reference, "ListRolePolicies".
struct ListRolePolicies: Query, OnOwner {
    typealias Shape = IAM.ListRolePolicies
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (names, marker) = try names(input.marker, input.maxItems, under: permit, in: snapshot)
        return Output(policyNames: names, isTruncated: marker != nil, marker: marker)
    }
}
