import Door
import SecretsManagerAPI
import Storage

/// What there is to know of a secret, but for its values.
/// - Source: Secrets Manager API Reference, "DescribeSecret".
struct DescribeSecret: Query, OnSecret {
    typealias Shape = SecretsManager.DescribeSecret
    let secrets: Secrets

    func secretID(_ input: Input) -> String { input.secretId }

    func answer(
        _ input: Input, under permit: borrowing Permit<SecretTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let secret = try permit.target.required()
        let stages = try secret.versionsToStages(snapshot)
        var output = Output()
        (output.aRN, output.name, output.description) = (secret.arn, secret.name, secret.description)
        (output.kmsKeyId, output.createdDate, output.lastChangedDate) = (secret.keyID, secret.created, secret.changed)
        (output.lastAccessedDate, output.deletedDate) = (secret.accessed, secret.deletion)
        (output.tags, output.versionIdsToStages) = (secret.shownTags, stages.isEmpty ? nil : stages)
        return output
    }
}

extension Secret {
    /// The labels of every version that has some.
    func versionsToStages(_ snapshot: borrowing Snapshot) throws -> [String: [String]] {
        try Dictionary(grouping: StagingLabels.all(of: place, snapshot).pairs, by: \.version)
            .mapValues { $0.map(\.label) }
    }
}
