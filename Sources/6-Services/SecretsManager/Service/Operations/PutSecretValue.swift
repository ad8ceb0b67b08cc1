import AWS
import Door
import SecretsManagerAPI
import Storage

/// Adds a version with a value to a secret.
/// - Source: Secrets Manager API Reference, "PutSecretValue".
struct PutSecretValue: PreparedChange, OnSecret {
    typealias Shape = SecretsManager.PutSecretValue
    static var refusedMembers: [StaticString] { ["RotationToken"] }
    let secrets: Secrets
    let work: ValueWork

    func secretID(_ input: Input) -> String { input.secretId }

    func versions(_ input: Input, of secret: Secret, _ snapshot: borrowing Snapshot) throws -> [StoredVersion] {
        try [input.clientRequestToken.flatMap { try StoredVersion.find($0, of: secret.place, snapshot) }]
            .compactMap { $0 }
    }

    func prepare(_ input: Input, under permit: borrowing Permit<SecretTarget>) async throws -> ValueWork.Prepared {
        let (target, calls) = (permit.target, permit.calls)
        try ValueWork.required(input.clientRequestToken)
        let secret = try target.living()
        guard let value = try SecretValue(text: input.secretString, binary: input.secretBinary) else {
            throw Refused.request("You must provide either SecretString or SecretBinary.")
        }
        return try await work.prepare(
            value, token: input.clientRequestToken, for: secret.arn, stored: target.versions.first, calls
        ) { try await work.cipher.key(secret.keyID, of: secret.account, in: secret.region) }
    }

    func abandon(_ prepared: ValueWork.Prepared) async {}

    func perform(
        _ input: Input, _ prepared: ValueWork.Prepared, under permit: borrowing Permit<SecretTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (secret, now) = (try permit.target.living(), permit.facts.now)
        if case .new(let version) = prepared {
            try version.write(to: secret, input.versionStages ?? [StagingLabels.current], now, &transaction)
            try secret.touch(now, &transaction)
        }
        guard let id = prepared.version,
            let version = try StoredVersion.find(id, of: secret.place, transaction.snapshot)
        else { throw Failure.unsettled }
        return Output(aRN: secret.arn, name: secret.name, versionId: id, versionStages: version.labels)
    }
}
