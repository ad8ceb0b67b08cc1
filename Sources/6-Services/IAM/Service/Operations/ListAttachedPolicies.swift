import Door
import IAMAPI
import Storage

/// A page of the managed policies attached to an owner, those whose path begins with `pathPrefix`.
private func attached(
    _ pathPrefix: String?, _ marker: String?, _ maxItems: Int?, under permit: borrowing Permit<Found<PolicyOwner>>,
    in snapshot: borrowing Snapshot
) throws -> (policies: [IAM.AttachedPolicy], marker: String?) {
    let owner = try permit.target.required()
    let page = try Page(marker: marker, maxItems: maxItems)
    let prefix = pathPrefix ?? "/"
    var found: [IAM.AttachedPolicy] = []
    for arn in try AttachedPolicies.arns(of: owner.id, snapshot) where arn > page.after && found.count < page.fetch {
        guard let policy = try ManagedPolicy.find(arn: arn, in: owner.account, snapshot).record,
            policy.path.hasPrefix(prefix)
        else { continue }
        found.append(IAM.AttachedPolicy(policyName: policy.name, policyArn: arn))
    }
    let (items, next) = page.cut(found) { $0.policyArn ?? "" }
    return (items, next)
}

/// - Source: IAM API Reference, "ListAttachedUserPolicies".
struct ListAttachedUserPolicies: Query, OnOwner {
    typealias Shape = IAM.ListAttachedUserPolicies
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (policies, marker) = try attached(
            input.pathPrefix, input.marker, input.maxItems, under: permit, in: snapshot)
        return Output(attachedPolicies: policies, isTruncated: marker != nil, marker: marker)
    }
}

/// - Source: IAM API Reference, "ListAttachedGroupPolicies".
struct ListAttachedGroupPolicies: Query, OnOwner {
    typealias Shape = IAM.ListAttachedGroupPolicies
    static let kind = EntityKind.group
    func ownerName(_ input: Input) -> String { input.groupName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (policies, marker) = try attached(
            input.pathPrefix, input.marker, input.maxItems, under: permit, in: snapshot)
        return Output(attachedPolicies: policies, isTruncated: marker != nil, marker: marker)
    }
}

/// - Source: IAM API Reference, "ListAttachedRolePolicies".
struct ListAttachedRolePolicies: Query, OnOwner {
    typealias Shape = IAM.ListAttachedRolePolicies
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (policies, marker) = try attached(
            input.pathPrefix, input.marker, input.maxItems, under: permit, in: snapshot)
        return Output(attachedPolicies: policies, isTruncated: marker != nil, marker: marker)
    }
}
