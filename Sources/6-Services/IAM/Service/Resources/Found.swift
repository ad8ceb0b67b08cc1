import Door
import IAMAPI

/// A thing looked up by name: its record, or the fact that there is none, and the ARN the policies are asked about.
///
/// Whether it is there is told by `required`, which only a handler calls: after the policies allowed the call.
struct Found<Record: Sendable>: Sendable {
    let record: Record?
    let arn: String
    let missing: String
    /// How a denial names it: `user alice`, with the name as the caller wrote it.
    let title: String
    /// The entity's tags as condition keys, where the operation asked for them.
    var tagKeys: [ConditionEntry] = []

    init(record: Record?, arn: String, missing: String, title: String) {
        (self.record, self.arn, self.missing, self.title) = (record, arn, missing, title)
    }

    func required() throws -> Record {
        guard let record else { throw IAM.NoSuchEntityException(message: missing) }
        return record
    }

    func map<Other: Sendable>(_ transform: (Record) -> Other) -> Found<Other> {
        Found<Other>(record: record.map(transform), arn: arn, missing: missing, title: title)
    }
}
