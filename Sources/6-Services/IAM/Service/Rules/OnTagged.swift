import AWS
import Door
import IAMAPI
import Smithy
import Storage

/// What an operation is about, where that can have tags.
protocol Tagged: Sendable {
    /// The unique id under which its tags are. Throws where there is no such thing.
    func tagOwner() throws -> String
    /// The same for changes. Throws also where nobody can change its tags.
    func changedTagOwner() throws -> String
}

extension Tagged {
    func changedTagOwner() throws -> String { try tagOwner() }
}

/// An operation on something that can have tags.
protocol OnTagged: Operation where Target: Tagged {
    /// Condition keys of the request beside those of the thing's own tags.
    func keys(_ input: Input) -> [ConditionEntry]
}

extension OnTagged {
    func keys(_ input: Input) -> [ConditionEntry] { [] }
}

/// Puts tags on something, in place of those of the same keys.
/// - Source: IAM API Reference, "TagUser", "TagRole" and the like.
protocol TagChange: Change, OnTagged {
    func tags(_ input: Input) -> [IAM.Tag]
}

extension TagChange {
    func keys(_ input: Input) -> [ConditionEntry] { Tags.requestKeys(tags(input)) }

    func perform(
        _ input: Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.put(tags(input), on: permit.target.changedTagOwner(), &transaction)
        return Output()
    }
}

/// Takes tags off something; those that it does not have are no fault.
/// - Source: IAM API Reference, "UntagUser", "UntagRole" and the like.
protocol UntagChange: Change, OnTagged {
    func tagKeys(_ input: Input) -> [String]
}

extension UntagChange {
    func keys(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, tagKeys(input))] }

    func perform(
        _ input: Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        try Tags.remove(tagKeys(input), from: permit.target.changedTagOwner(), &transaction)
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
    var id: String { get }
    /// Throws where it is nobody's to change. - Parameter arn: as the caller is told.
    func checkOwn(_ arn: String) throws
}

extension TaggedRecord {
    func checkOwn(_ arn: String) {}
}

extension PolicyOwner: TaggedRecord {}
extension InstanceProfile: TaggedRecord {}
extension ServerCertificate: TaggedRecord {}

extension Found: Tagged where Record: TaggedRecord {
    func tagOwner() throws -> String { try required().id }

    func changedTagOwner() throws -> String {
        let record = try required()
        try record.checkOwn(arn)
        return record.id
    }
}
