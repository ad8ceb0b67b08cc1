import AWS
import Door
import SecretsManagerAPI
import Storage

/// Adds tags to a secret, or gives those it has another value.
/// - Source: Secrets Manager API Reference, "TagResource".
struct TagResource: SecretChange {
    typealias Shape = SecretsManager.TagResource
    let secrets: Secrets

    func secretID(_ input: Input) -> String { input.secretId }
    func bound(_ input: Input) throws { try SecretTags.bound(input.tags.count) }
    func conditions(_ input: Input) -> [ConditionEntry] { SecretConditions.of(input.tags) }

    func change(_ secret: Secret, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        try SecretTags.put(input.tags, on: secret.place, &transaction)
        return Output()
    }
}

/// Takes tags from a secret. Those it has not are no error.
/// - Source: Secrets Manager API Reference, "UntagResource".
struct UntagResource: SecretChange {
    typealias Shape = SecretsManager.UntagResource
    let secrets: Secrets

    func secretID(_ input: Input) -> String { input.secretId }
    func bound(_ input: Input) throws { try SecretTags.bound(input.tagKeys.count) }
    func conditions(_ input: Input) -> [ConditionEntry] { [ConditionEntry(.awsTagKeys, input.tagKeys)] }

    func change(_ secret: Secret, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        try SecretTags.remove(input.tagKeys, from: secret.place, &transaction)
        return Output()
    }
}
