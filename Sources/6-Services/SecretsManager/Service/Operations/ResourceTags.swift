import AWS
import Door
import SecretsManagerAPI
import Smithy
import Storage

/// A change of a secret's tags, by which policies may tell who has leave: nobody loses it by one.
/// - Source: Secrets Manager API Reference, "TagResource", "UntagResource".
protocol SecretTagChange: Change, OnSecret {
    /// The tags that the secret will have.
    func tags(_ secret: Secret, after input: Input) -> [SecretsManager.Tag]
    func change(_ secret: Secret, _ input: Input, in transaction: inout Transaction) throws -> Output
}

extension SecretTagChange {
    func access(_ input: Input, to target: SecretTarget, for facts: RequestFacts) throws -> Access {
        let asked = target.ask(Shape.model.name, keys: conditions(input))
        guard let secret = target.secret else { return .ask(asked) }
        let next = target.ask(Shape.model.name, keys: conditions(input), tags: tags(secret, after: input))
        return .hinted([asked], hint: next)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<SecretTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let secret = try permit.target.living()
        if case .denied = permit.hint {
            throw AccessDenied(
                "The request would take your own permissions for the secret away, which depend on its tags.")
        }
        let output = try change(secret, input, in: &transaction)
        try secret.touch(permit.facts.now, &transaction)
        return output
    }
}

/// Adds tags to a secret, or gives those it has another value.
/// - Source: Secrets Manager API Reference, "TagResource".
struct TagResource: SecretTagChange {
    typealias Shape = SecretsManager.TagResource
    let secrets: Secrets

    func secretID(_ input: Input) -> String { input.secretId }
    func bound(_ input: Input) throws { try SecretTags.bound(input.tags.count) }
    func conditions(_ input: Input) -> [ConditionEntry] { SecretConditions.of(input.tags) }

    func tags(_ secret: Secret, after input: Input) -> [SecretsManager.Tag] {
        secret.tags.filter { tag in !input.tags.contains { $0.key == tag.key } } + input.tags
    }

    func change(_ secret: Secret, _ input: Input, in transaction: inout Transaction) throws -> Output {
        try SecretTags.put(input.tags, on: secret.place, &transaction)
        return Output()
    }
}

/// Takes tags from a secret. Those it has not are no error.
/// - Source: Secrets Manager API Reference, "UntagResource".
struct UntagResource: SecretTagChange {
    typealias Shape = SecretsManager.UntagResource
    let secrets: Secrets

    func secretID(_ input: Input) -> String { input.secretId }
    func bound(_ input: Input) throws { try SecretTags.bound(input.tagKeys.count) }
    func conditions(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func tags(_ secret: Secret, after input: Input) -> [SecretsManager.Tag] {
        secret.tags.filter { tag in !input.tagKeys.contains { $0 == tag.key } }
    }

    func change(_ secret: Secret, _ input: Input, in transaction: inout Transaction) throws -> Output {
        try SecretTags.remove(input.tagKeys, from: secret.place, &transaction)
        return Output()
    }
}
