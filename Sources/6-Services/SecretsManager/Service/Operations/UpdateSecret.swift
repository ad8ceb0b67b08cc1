import AWS
import Door
import SecretsManagerAPI
import Smithy
import Storage

/// Changes what is said of a secret, its KMS key, or its value, which becomes the current one.
///
/// Where the key changes, the labelled versions get a text under the new one too, if the caller may open the former and
/// use the new; otherwise they stay as they are.
/// - Source: Secrets Manager API Reference, "UpdateSecret", KmsKeyId.
struct UpdateSecret: PreparedChange, OnSecret {
    typealias Shape = SecretsManager.UpdateSecret
    static var refusedMembers: [StaticString] { ["Type"] }
    let secrets: Secrets
    let work: ValueWork

    struct Prepared: Sendable {
        let value: ValueWork.Prepared
        /// By version.
        let again: [(version: String, value: SealedValue)]
        let arn: String
    }

    func secretID(_ input: Input) -> String { input.secretId }

    func conditions(_ input: Input) -> [ConditionEntry] {
        [ConditionEntry(.secretsmanagerDescription, input.description)].compactMap { $0 }
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> SecretTarget {
        var target = try found(input, for: facts, in: snapshot)
        target.key = try secrets.key(
            input.kmsKeyId, of: target.name.account, in: target.name.region, at: facts.now, snapshot)
        return target
    }

    func access(_ input: Input, to target: SecretTarget, for facts: RequestFacts) throws -> Access {
        .ask(target.ask(Shape.model.name, keys: conditions(input) + SecretConditions.of(key: target.key)))
    }

    func versions(_ input: Input, of secret: Secret, _ snapshot: borrowing Snapshot) throws -> [StoredVersion] {
        var ids: [String] = []
        if let token = input.clientRequestToken { ids.append(token) }
        if input.kmsKeyId != nil {
            let labels = try StagingLabels.all(of: secret.place, snapshot)
            for label in [StagingLabels.current, StagingLabels.pending, StagingLabels.previous] {
                if let id = labels.holder(of: label), !ids.contains(id) { ids.append(id) }
            }
        }
        return try ids.compactMap { try StoredVersion.find($0, of: secret.place, snapshot) }
    }

    func prepare(_ input: Input, under permit: borrowing Permit<SecretTarget>) async throws -> Prepared {
        let (target, calls, cipher) = (permit.target, permit.calls, work.cipher)
        let bringsValue = input.secretString != nil || input.secretBinary != nil
        if bringsValue { try ValueWork.required(input.clientRequestToken) }
        let secret = try target.living()
        let value = try SecretValue(text: input.secretString, binary: input.secretBinary)
        let keyID = input.kmsKeyId.map(KeyReference.given) ?? secret.keyID
        if value == nil, input.kmsKeyId == nil, input.description == nil {
            throw Refused.request("You must provide a value for at least one parameter to update the secret.")
        }
        let stored = input.clientRequestToken.flatMap { token in target.versions.first { $0.id == token } }
        let made = try await work.prepare(
            value, token: input.clientRequestToken, for: secret.arn, stored: stored, calls
        ) { try await cipher.key(keyID, of: secret.account, in: secret.region) }
        var again: [(version: String, value: SealedValue)] = []
        if input.kmsKeyId != nil, keyID != secret.keyID {
            let key = try await cipher.key(keyID, of: secret.account, in: secret.region)
            for version in target.versions {
                guard let sealed = try await sealed(version, of: secret.arn, under: key, calls) else { continue }
                again.append((version.id, sealed))
            }
        }
        return Prepared(value: made, again: again, arn: secret.arn)
    }

    /// The version's value under another key; nil where the caller may not open it, or not use that key.
    private func sealed(_ version: StoredVersion, of arn: String, under key: SecretCipher.Key, _ calls: Calls)
        async throws -> SealedValue?
    {
        do {
            let value = try await work.cipher.open(version, of: arn, calls)
            return try await work.cipher.seal(value, for: .init(arn: arn, version: version.id), under: key, calls)
        } catch is AccessDenied { return nil }
    }

    func abandon(_ prepared: Prepared) async {}

    func perform(
        _ input: Input, _ prepared: Prepared, under permit: borrowing Permit<SecretTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (secret, now) = (try permit.target.living(), permit.facts.now)
        guard secret.arn == prepared.arn else { throw Failure.unsettled }
        try permit.target.key?.require()
        if let description = input.description {
            try secret.setDescription(description.isEmpty ? nil : description, &transaction)
        }
        if let key = input.kmsKeyId { try secret.setKey(KeyReference.given(key), &transaction) }
        for (id, value) in prepared.again
        where try StoredVersion.find(id, of: secret.place, transaction.snapshot)?.values.first?.key != value.key {
            try value.write(as: id, of: secret.place, &transaction)
        }
        if case .new(let version) = prepared.value {
            try version.write(to: secret, [StagingLabels.current], now, &transaction)
        }
        try secret.touch(now, &transaction)
        return Output(aRN: secret.arn, name: secret.name, versionId: prepared.value.version)
    }
}
