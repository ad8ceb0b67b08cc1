import Door
import SecretsManagerAPI
import Storage
import World

/// A page of a secret's versions, deprecated ones only where they are asked for.
/// - Source: Secrets Manager API Reference, "ListSecretVersionIds".
struct ListSecretVersionIds: Query, OnSecret {
    typealias Shape = SecretsManager.ListSecretVersionIds
    let secrets: Secrets

    func secretID(_ input: Input) -> String { input.secretId }

    func answer(
        _ input: Input, under permit: borrowing Permit<SecretTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let secret = try permit.target.required()
        let position = try PagePosition.parts(2, of: input.nextToken).map { parts in
            guard let created = Int64(parts[0]) else { throw PagePosition.stranger }
            return (created: created, id: parts[1])
        }
        let limit = input.maxResults ?? 100
        let staging = try StagingLabels.all(of: secret.place, snapshot)
        // Of deprecated ones there are few, so all are looked at.
        let versions = try SecretVersion.list(of: secret.place, after: position, limit: .max, snapshot)
            .filter { input.includeDeprecated == true || !staging.labels(of: $0.id).isEmpty }
        var output = Output(versions: [], aRN: secret.arn, name: secret.name)
        for version in versions.prefix(limit) {
            let labels = staging.labels(of: version.id)
            output.versions?.append(
                SecretsManager.SecretVersionsListEntry(
                    versionId: version.id, versionStages: labels.isEmpty ? nil : labels, createdDate: version.created,
                    kmsKeyIds: try SealedValue.keys(of: version.id, secret.place, snapshot)))
        }
        if versions.count > limit, let last = versions.prefix(limit).last {
            output.nextToken = PagePosition.token(String(last.created.milliseconds), last.id)
        }
        return output
    }
}
