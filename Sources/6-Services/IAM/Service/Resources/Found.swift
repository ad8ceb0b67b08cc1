import Door
import IAMAPI
import Storage

/// A thing looked up by name: its record, or the fact that there is none, and the ARN the policies are asked about.
///
/// Whether it is there is told by `required`, which only a handler calls: after the policies allowed the call.
final class Found<Record: Sendable>: Sendable {
    let record: Record?
    let arn: String
    private let kind: EntityKind
    /// The name, or for policies the ARN, as the caller wrote it.
    private let name: String
    /// How a denial names it: `user alice`, with the name as the caller wrote it.
    let title: String
    /// What is said of an ARN that nothing has, where it is not `kind`'s own sentence about names.
    private let absence: String?
    /// The entity's tags, where the operation asked for them.
    let tags: [IAM.Tag]

    init(
        record: Record?, arn: String, _ kind: EntityKind, named name: String, absence: String? = nil,
        tags: [IAM.Tag] = []
    ) {
        (self.record, self.arn, self.kind, self.name, self.absence) = (record, arn, kind, name, absence)
        self.tags = tags
        title = kind.title(name)
    }

    /// What a caller who may know is told where there is no record.
    var missing: String { absence ?? kind.missing(name) }
    /// The entity's tags as condition keys.
    var tagKeys: [ConditionEntry] { Tags.conditionKeys(tags) }

    func required() throws -> Record {
        guard let record else { throw IAM.NoSuchEntityException(message: missing) }
        return record
    }

    /// The same in an operation that has a sentence of its own for absence.
    func required(orElse sentence: String) throws -> Record {
        guard let record else { throw IAM.NoSuchEntityException(message: sentence) }
        return record
    }

    func map<Other: Sendable>(_ transform: (Record) -> Other) -> Found<Other> {
        Found<Other>(record: record.map(transform), arn: arn, kind, named: name, absence: absence, tags: tags)
    }

    /// The same with the tags of `owner`; without any where that is nil.
    func tagged(by owner: String?, _ snapshot: borrowing Snapshot) throws -> Found {
        guard let owner else { return self }
        return Found(
            record: record, arn: arn, kind, named: name, absence: absence, tags: try Tags.of(owner, snapshot))
    }
}
