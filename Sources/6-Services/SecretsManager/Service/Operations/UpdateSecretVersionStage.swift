import AWS
import Door
import SecretsManagerAPI
import Storage

/// Moves a staging label from one version of a secret to another, puts it on one, or takes it off.
/// - Source: Secrets Manager API Reference, "UpdateSecretVersionStage".
struct UpdateSecretVersionStage: SecretChange {
    typealias Shape = SecretsManager.UpdateSecretVersionStage
    let secrets: Secrets

    func secretID(_ input: Input) -> String { input.secretId }

    func conditions(_ input: Input) -> [ConditionEntry] {
        [ConditionEntry(.secretsmanagerVersionStage, input.versionStage)]
    }

    func change(_ secret: Secret, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        for id in [input.removeFromVersionId, input.moveToVersionId].compactMap({ $0 }) {
            guard try StoredVersion.find(id, of: secret.place, transaction.snapshot) != nil else {
                throw SecretsManager.ResourceNotFoundException(
                    message: "Secrets Manager can't find the specified secret version: \(id).")
            }
        }
        var staging = try StagingLabels.all(of: secret.place, transaction.snapshot)
        try staging.move(input.versionStage, from: input.removeFromVersionId, to: input.moveToVersionId)
        try staging.write(to: secret.place, &transaction)
        return Output(aRN: secret.arn, name: secret.name)
    }
}
