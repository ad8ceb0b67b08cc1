import Door
import IAMAPI
import Storage

/// - Source: IAM API Reference, "TagUser".
struct TagUser: TagChange, OnOwner {
    typealias Shape = IAM.TagUser
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }
    func tags(_ input: Input) -> [IAM.Tag] { input.tags }
}

/// - Source: IAM API Reference, "UntagUser".
struct UntagUser: UntagChange, OnOwner {
    typealias Shape = IAM.UntagUser
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }
    func tagKeys(_ input: Input) -> [String] { input.tagKeys }
}

/// - Source: IAM API Reference, "ListUserTags".
struct ListUserTags: TagList, OnOwner {
    typealias Shape = IAM.ListUserTags
    static let kind = EntityKind.user
    func ownerName(_ input: Input) -> String { input.userName }
    func page(_ input: Input) throws -> Page { try Page(marker: input.marker, maxItems: input.maxItems) }
    func output(_ tags: [IAM.Tag], _ marker: String?) -> Output {
        Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}

/// - Source: IAM API Reference, "TagRole".
struct TagRole: TagChange, OnOwner {
    typealias Shape = IAM.TagRole
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }
    func tags(_ input: Input) -> [IAM.Tag] { input.tags }
}

/// - Source: IAM API Reference, "UntagRole".
struct UntagRole: UntagChange, OnOwner {
    typealias Shape = IAM.UntagRole
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }
    func tagKeys(_ input: Input) -> [String] { input.tagKeys }
}

/// - Source: IAM API Reference, "ListRoleTags".
struct ListRoleTags: TagList, OnOwner {
    typealias Shape = IAM.ListRoleTags
    static let kind = EntityKind.role
    func ownerName(_ input: Input) -> String { input.roleName }
    func page(_ input: Input) throws -> Page { try Page(marker: input.marker, maxItems: input.maxItems) }
    func output(_ tags: [IAM.Tag], _ marker: String?) -> Output {
        Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}

/// - Source: IAM API Reference, "TagPolicy".
struct TagPolicy: TagChange, OnPolicy {
    typealias Shape = IAM.TagPolicy
    func policyARN(_ input: Input) -> String { input.policyArn }
    func tags(_ input: Input) -> [IAM.Tag] { input.tags }
}

/// - Source: IAM API Reference, "UntagPolicy".
struct UntagPolicy: UntagChange, OnPolicy {
    typealias Shape = IAM.UntagPolicy
    func policyARN(_ input: Input) -> String { input.policyArn }
    func tagKeys(_ input: Input) -> [String] { input.tagKeys }
}

/// - Source: IAM API Reference, "ListPolicyTags".
struct ListPolicyTags: TagList, OnPolicy {
    typealias Shape = IAM.ListPolicyTags
    func policyARN(_ input: Input) -> String { input.policyArn }
    func page(_ input: Input) throws -> Page { try Page(marker: input.marker, maxItems: input.maxItems) }
    func output(_ tags: [IAM.Tag], _ marker: String?) -> Output {
        Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }

    /// A policy that is not there is told in other words here than where it is changed.
    func answer(
        _ input: Input, under permit: borrowing Permit<Found<ManagedPolicy>>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let owner = try permit.target.required(orElse: ManagedPolicy.unattachable(input.policyArn)).tagOwner
        let (tags, marker) = try page(input).tags(of: owner, snapshot)
        return output(tags, marker)
    }
}
