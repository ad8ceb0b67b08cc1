import Authorization
import Door
import Journal
import SecretsManagerAPI
import Smithy
import Storage

/// An operation on a secret that the request names.
protocol OnSecret: Operation where Target == SecretTarget {
    var secrets: Secrets { get }
    /// As the request says it.
    func secretID(_ input: Input) -> String
    /// Condition keys that only this operation has.
    func conditions(_ input: Input) -> [ConditionEntry]
    /// Refuses more tags than a secret can have, before the policies are asked about them. Default: nothing.
    func bound(_ input: Input) throws
    /// The versions whose ciphertexts the call needs. Default: none.
    func versions(_ input: Input, of secret: Secret, _ snapshot: borrowing Snapshot) throws -> [StoredVersion]
}

extension OnSecret {
    func conditions(_ input: Input) -> [ConditionEntry] { [] }
    func bound(_ input: Input) throws {}
    func versions(_ input: Input, of secret: Secret, _ snapshot: borrowing Snapshot) throws -> [StoredVersion] { [] }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> SecretTarget {
        try found(input, for: facts, in: snapshot)
    }

    /// The secret that the request names.
    func found(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> SecretTarget {
        try bound(input)
        let name = try SecretName(secretID(input), for: facts)
        var target = SecretTarget(name: name, secret: try secrets.find(name, in: snapshot))
        if let secret = target.secret { target.versions = try versions(input, of: secret, snapshot) }
        return target
    }

    func access(_ input: Input, to target: SecretTarget, for facts: RequestFacts) throws -> Access {
        .ask(target.ask(Shape.model.name, keys: conditions(input)))
    }

    func recording(_ input: Input, of target: SecretTarget?, _ facts: RequestFacts) -> Recording {
        SecretRecord.of(target?.secret, facts)
    }
}

/// A change of a secret that is not marked for deletion.
protocol SecretChange: Change, OnSecret {
    func change(_ secret: Secret, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
}

extension SecretChange {
    func perform(
        _ input: Input, under permit: borrowing Permit<SecretTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let secret = try permit.target.living()
        let output = try change(secret, input, permit.facts, in: &transaction)
        try secret.touch(permit.facts.now, &transaction)
        return output
    }
}
