import AWS
import Door
import IAMAPI
import Storage

/// A provider looked up by its ARN: its record, or the fact that there is none. Absence is told by `required` alone.
final class FoundProvider<Record: Sendable>: Sendable {
    let record: Record?
    let arn: String
    let account: AccountID
    private let missing: String
    /// Its tags, as they are listed and as condition keys.
    let tags: [IAM.Tag]

    init(_ record: Record?, arn: String, in account: AccountID, tags: [IAM.Tag], missing: String) {
        (self.record, self.arn, self.account, self.tags, self.missing) = (record, arn, account, tags, missing)
    }

    func required() throws -> Record {
        guard let record else { throw IAM.NoSuchEntityException(message: missing) }
        return record
    }
}

extension FoundProvider: Tagged where Record: Provider {
    func tagOwner() throws -> TagOwner { .resource(try required().id) }
}

/// A provider in the words that both kinds share.
protocol Provider: Sendable {
    /// Its unique id.
    var id: String { get }
    /// The one of an ARN. Throws where the ARN is not of this kind.
    static func find(arn: String, for facts: RequestFacts, _ snapshot: borrowing Snapshot) throws -> FoundProvider<Self>
}

/// An operation on a provider by its ARN.
protocol OnProvider: OnTagged where Target == FoundProvider<Record> {
    associatedtype Record: Provider
    func providerARN(_ input: Input) -> String
}

extension OnProvider {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> FoundProvider<
        Record
    > {
        try Record.find(arn: providerARN(input), for: facts, snapshot)
    }

    func access(_ input: Input, to target: FoundProvider<Record>, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: keys(input) + Tags.conditionKeys(target.tags))
    }
}

/// The ARN of a provider in the caller's account: what stands after the kind.
struct ProviderARN {
    let name: String
    let account: AccountID

    init(_ text: String, kind: String, for facts: RequestFacts) throws {
        let own = try facts.signedAccount()
        guard let arn = ARN(text), arn.service == "iam", arn.region.isEmpty, let account = arn.accountID,
            arn.resource.hasPrefix(kind + "/"), arn.resource.count > kind.count + 1
        else { throw Invalid("Invalid ARN:  Could not be parsed!") }
        guard account == own else { throw AccessDenied("The provider \(text) is not in account \(own).") }
        (name, self.account) = (String(arn.resource.dropFirst(kind.count + 1)), account)
    }
}
