@_spi(Declared) import AWS
import Door
import SecretsManagerAPI

/// The condition keys of calls about secrets.
/// - Source: Service Authorization Reference, "AWS Secrets Manager".
enum SecretConditions {
    /// Of what the secret is.
    /// - Parameter tags: those it will have; nil for those it has.
    static func of(_ secret: Secret, tags: [SecretsManager.Tag]? = nil) -> [ConditionEntry] {
        var entries = [
            ConditionEntry(.secretsmanagerSecretId, secret.arn),
            ConditionEntry(.secretsmanagerSecretPrimaryRegion, secret.region.description),
        ]
        entries += existing(tags ?? secret.tags)
        return entries
    }

    private static func existing(_ tags: [SecretsManager.Tag]) -> [ConditionEntry] {
        tags.flatMap { tag in
            guard let key = tag.key else { return [] as [ConditionEntry] }
            return [
                ConditionEntry(.awsResourceTag(key), tag.value ?? ""),
                ConditionEntry(SingleValuedKey("secretsmanager:ResourceTag/" + key), tag.value ?? ""),
            ]
        }
    }

    /// Of a request that brings tags.
    static func of(_ tags: [SecretsManager.Tag]?) -> [ConditionEntry] {
        // A tag without a key is refused when it is to be written.
        let pairs = (tags ?? []).compactMap { tag in tag.key.map { (key: $0, value: tag.value ?? "") } }
        guard !pairs.isEmpty else { return [] }
        return pairs.map { ConditionEntry(.awsRequestTag($0.key), $0.value) } + [
            ConditionEntry(.awsTagKeys, pairs.map(\.key))
        ]
    }

    /// Of a secret about to be made with tags, which are to be its own.
    static func ofMade(_ tags: [SecretsManager.Tag]?) -> [ConditionEntry] {
        of(tags) + existing(tags ?? [])
    }

    /// Of a request that names a key: as it names it, and by the ARN of the key that this leads to.
    static func of(key: GivenKey?) -> [ConditionEntry] {
        guard let key else { return [] }
        return [
            ConditionEntry(.secretsmanagerKmsKeyId, key.text), ConditionEntry(.secretsmanagerKmsKeyArn, key.arn),
        ]
    }
}
