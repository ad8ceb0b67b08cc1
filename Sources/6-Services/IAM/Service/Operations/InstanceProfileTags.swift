import AWS
import Door
import IAMAPI
import Storage

/// - Source: IAM API Reference, "TagInstanceProfile".
struct TagInstanceProfile: Change, OnInstanceProfile {
    typealias Shape = IAM.TagInstanceProfile
    func profileName(_ input: Input) -> String { input.instanceProfileName }
    func keys(_ input: Input) -> [ConditionEntry] { Tags.requestKeys(input.tags) }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<InstanceProfile>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.put(input.tags, on: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "UntagInstanceProfile".
struct UntagInstanceProfile: Change, OnInstanceProfile {
    typealias Shape = IAM.UntagInstanceProfile
    func profileName(_ input: Input) -> String { input.instanceProfileName }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Found<InstanceProfile>>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.remove(input.tagKeys, from: permit.target.required().id, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "ListInstanceProfileTags".
struct ListInstanceProfileTags: Query, OnInstanceProfile {
    typealias Shape = IAM.ListInstanceProfileTags
    func profileName(_ input: Input) -> String { input.instanceProfileName }

    func answer(
        _ input: Input, under permit: borrowing Permit<Found<InstanceProfile>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let owner = try permit.target.required().id
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let (tags, marker) = try page.tags(of: owner, snapshot)
        return Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}
