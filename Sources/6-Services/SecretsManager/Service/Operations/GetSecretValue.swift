import AWS
import Door
import SecretsManagerAPI
import Storage

/// The value of a version of a secret, the current one where none is named.
/// - Source: Secrets Manager API Reference, "GetSecretValue".
struct GetSecretValue: WorkedQuery, OnSecret {
    typealias Shape = SecretsManager.GetSecretValue
    static var answersNow: Bool { false }
    let secrets: Secrets
    let cipher: SecretCipher

    func secretID(_ input: Input) -> String { input.secretId }

    func conditions(_ input: Input) -> [ConditionEntry] {
        let label = input.versionStage ?? (input.versionId == nil ? StagingLabels.current : nil)
        return [
            ConditionEntry(.secretsmanagerVersionId, input.versionId),
            ConditionEntry(.secretsmanagerVersionStage, label),
        ].compactMap { $0 }
    }

    func versions(_ input: Input, of secret: Secret, _ snapshot: borrowing Snapshot) throws -> [StoredVersion] {
        let version =
            if let id = input.versionId { try StoredVersion.find(id, of: secret.place, snapshot) } else {
                try StoredVersion.find(
                    label: input.versionStage ?? StagingLabels.current, of: secret.place, snapshot)
            }
        return [version].compactMap { $0 }
    }

    func answer(_ input: Input, under permit: borrowing Permit<SecretTarget>) async throws -> Output {
        let (target, calls) = (permit.target, permit.calls)
        let secret = try target.living()
        guard let version = target.versions.first else {
            if let id = input.versionId { throw Refused.noValue(for: "VersionId: \(id)") }
            throw Refused.noValue(for: "staging label: \(input.versionStage ?? StagingLabels.current)")
        }
        if input.versionId != nil, let label = input.versionStage, !version.labels.contains(label) {
            throw Refused.request("You provided a VersionStage that is not associated to the provided VersionId.")
        }
        let value = try await cipher.open(version, of: secret.arn, calls)
        return Output(
            aRN: secret.arn, name: secret.name, versionId: version.id, secretBinary: value.binary,
            secretString: value.string, versionStages: version.labels, createdDate: version.created)
    }
}
