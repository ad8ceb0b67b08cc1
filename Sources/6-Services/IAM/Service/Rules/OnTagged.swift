import AWS
import Door
import IAMAPI
import Smithy
import Storage

/// What an operation is about, where that can have tags.
protocol Tagged: Sendable {
    /// Whom its tags belong to. Throws where there is no such thing.
    func tagOwner() throws -> TagOwner
    /// The same for changes. Throws also where nobody can change its tags.
    func changedTagOwner() throws -> TagOwner
}

extension Tagged {
    func changedTagOwner() throws -> TagOwner { try tagOwner() }
}

/// An operation on something that can have tags.
protocol OnTagged: Operation where Target: Tagged {
    /// Condition keys of the request beside those of the thing's own tags.
    func keys(_ input: Input) -> [ConditionEntry]
}

extension OnTagged {
    func keys(_ input: Input) -> [ConditionEntry] { [] }
}

/// Puts tags on something, in place of those of the same keys. One at least.
/// - Source: IAM API Reference, "TagUser", "TagRole" and the like; `InvalidInput` for none as captured from AWS for users,
///   server certificates and both kinds of providers in radkawar/stackd, `docs/iam-completion.md`,
///   `iam-certificates.md`.
protocol TagChange: Change, OnTagged {
    func tags(_ input: Input) -> [IAM.Tag]
}

extension TagChange {
    func keys(_ input: Input) -> [ConditionEntry] { Tags.requestKeys(tags(input)) }

    func perform(
        _ input: Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.changedTagOwner()
        let tags = tags(input)
        guard !tags.isEmpty else {
            throw IAM.InvalidInputException(message: "The provided tag map must not be null/empty.")
        }
        try Tags.put(tags, on: owner, &transaction)
        return Output()
    }
}

/// Takes tags off something; those that it does not have are no fault.
/// - Source: IAM API Reference, "UntagUser", "UntagRole" and the like.
protocol UntagChange: Change, OnTagged {
    func tagKeys(_ input: Input) -> [String]
    /// Whether a call that names no key is refused, and not one that takes nothing off.
    /// - Source: `InvalidInput` as captured from AWS for server certificates and both kinds of providers, success for
    ///   users, in radkawar/stackd, `docs/iam-completion.md`, `iam-certificates.md`.
    static var wantsKeys: Bool { get }
}

extension UntagChange {
    static var wantsKeys: Bool { false }
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, tagKeys(input))] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.changedTagOwner()
        let tagKeys = tagKeys(input)
        guard !tagKeys.isEmpty || !Self.wantsKeys else {
            throw IAM.InvalidInputException(message: "The provided tag keys must not be null/empty.")
        }
        try Tags.remove(tagKeys, from: owner, &transaction)
        return Output()
    }
}

/// Lists the tags of something, in pages.
/// - Source: IAM API Reference, "ListUserTags", "ListRoleTags" and the like.
protocol TagList: Query, OnTagged {
    func page(_ input: Input) throws -> Page
    func output(_ tags: [IAM.Tag], _ marker: String?) -> Output
}

extension TagList {
    func answer(
        _ input: Input, under permit: borrowing Permit<Target>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let owner = try permit.target.tagOwner()
        let (tags, marker) = try page(input).tags(of: owner, snapshot)
        return output(tags, marker)
    }
}

/// A record under whose unique id tags are.
protocol TaggedRecord: Sendable {
    var tagOwner: TagOwner { get }
    /// Throws where it is nobody's to change. - Parameter arn: as the caller is told.
    func checkOwn(_ arn: String) throws
}

extension TaggedRecord {
    func checkOwn(_ arn: String) {}
}

/// A user or a role: groups have no tags.
extension PolicyOwner: TaggedRecord {
    var tagOwner: TagOwner { .principal(id) }
}

extension InstanceProfile: TaggedRecord {
    var tagOwner: TagOwner { .resource(id) }
}

extension ServerCertificate: TaggedRecord {
    var tagOwner: TagOwner { .resource(id) }
}

extension Found: Tagged where Record: TaggedRecord {
    func tagOwner() throws -> TagOwner { try required().tagOwner }

    func changedTagOwner() throws -> TagOwner {
        let record = try required()
        try record.checkOwn(arn)
        return record.tagOwner
    }
}
