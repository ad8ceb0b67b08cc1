import AWS
import Authorization
import Door
import Journal
import KMSAPI
import Smithy
import Storage

/// An operation about the caller's account and no one key, decided by the caller's own policies.
protocol OnAccount: Operation where Target == AccountID {
    /// Condition keys that only this operation has.
    func conditions(_ input: Input) -> [ConditionEntry]
    /// Whether it has the condition keys that calls about keys have. Default: yes; the lists have none.
    /// - Source: Service Authorization Reference, "Actions defined by AWS KMS".
    static var hasConditionsOfCalls: Bool { get }
}

extension OnAccount {
    func conditions(_ input: Input) -> [ConditionEntry] { [] }
    static var hasConditionsOfCalls: Bool { true }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(
            Action("kms", Shape.model.name), on: "*", of: target,
            keys: conditions(input) + (Self.hasConditionsOfCalls ? KeyConditions.ofCall(facts) : []))
    }
}
