import Door
import SecretsManagerAPI
import Storage

/// Takes the mark for deletion from a secret. One without is left as it is.
/// - Source: Secrets Manager API Reference, "RestoreSecret".
struct RestoreSecret: Change, OnSecret {
    typealias Shape = SecretsManager.RestoreSecret
    let secrets: Secrets
    let ended: EndedSecrets

    func secretID(_ input: Input) -> String { input.secretId }

    func perform(
        _ input: Input, under permit: borrowing Permit<SecretTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let secret = try permit.target.required()
        if secret.deletion != nil {
            try secret.setDeletion(nil, &transaction)
            try ended.note(.cancel, of: secret, permit.facts.now, &transaction)
        }
        return Output(aRN: secret.arn, name: secret.name)
    }
}
