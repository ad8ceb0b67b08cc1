import AWS
import Door
import IAMAPI
import Storage

/// - Source: IAM API Reference, "TagUser".
struct TagUser: Change, OnOwner {
    typealias Shape = IAM.TagUser
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }
    func keys(_ input: Input) -> [ConditionEntry] { Tags.requestKeys(input.tags) }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.put(input.tags, on: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "UntagUser".
struct UntagUser: Change, OnOwner {
    typealias Shape = IAM.UntagUser
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.remove(input.tagKeys, from: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "ListUserTags".
struct ListUserTags: Query, OnOwner {
    typealias Shape = IAM.ListUserTags
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let owner = try permit.target.required().id
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (tags, marker) = try page.tags(of: owner, snapshot)
        return Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}

/// - Source: IAM API Reference, "TagRole".
struct TagRole: Change, OnOwner {
    typealias Shape = IAM.TagRole
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }
    func keys(_ input: Input) -> [ConditionEntry] { Tags.requestKeys(input.tags) }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.put(input.tags, on: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "UntagRole".
struct UntagRole: Change, OnOwner {
    typealias Shape = IAM.UntagRole
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.remove(input.tagKeys, from: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "ListRoleTags".
struct ListRoleTags: Query, OnOwner {
    typealias Shape = IAM.ListRoleTags
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<PolicyOwner>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let owner = try permit.target.required().id
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (tags, marker) = try page.tags(of: owner, snapshot)
        return Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}

/// - Source: IAM API Reference, "TagPolicy".
struct TagPolicy: Change, OnPolicy {
    typealias Shape = IAM.TagPolicy
    func policyARN(_ input: Input) -> String { input.policyArn }
    func keys(_ input: Input) -> [ConditionEntry] { Tags.requestKeys(input.tags) }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.put(input.tags, on: permit.target.requiredOwn().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "UntagPolicy".
struct UntagPolicy: Change, OnPolicy {
    typealias Shape = IAM.UntagPolicy
    func policyARN(_ input: Input) -> String { input.policyArn }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.remove(input.tagKeys, from: permit.target.requiredOwn().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "ListPolicyTags".
struct ListPolicyTags: Query, OnPolicy {
    typealias Shape = IAM.ListPolicyTags
    func policyARN(_ input: Input) -> String { input.policyArn }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let policy = try permit.target.required(orElse: ManagedPolicy.unattachable(input.policyArn)).id
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (tags, marker) = try page.tags(of: policy, snapshot)
        return Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}
