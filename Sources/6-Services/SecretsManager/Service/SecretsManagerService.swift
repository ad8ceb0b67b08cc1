public import Door
public import Storage
public import World

/// Secrets Manager: the operations it has here.
public enum SecretsManagerService {
    /// All operations.
    public static func operations(
        _ world: World, _ secrets: Secrets, _ ended: EndedSecrets, _ cipher: SecretCipher,
        _ store: Store
    ) -> [AnyOperation] {
        let work = ValueWork(cipher: cipher)
        return [
            .prepared(CreateSecret(secrets: secrets, work: work, ended: ended)),
            .prepared(PutSecretValue(secrets: secrets, work: work)),
            .prepared(UpdateSecret(secrets: secrets, work: work)),
            .worked(GetSecretValue(secrets: secrets, cipher: cipher)),
            .worked(BatchGetSecretValue(secrets: secrets, store: store)),
            .query(DescribeSecret(secrets: secrets)), .query(ListSecrets(secrets: secrets)),
            .query(ListSecretVersionIds(secrets: secrets)), .change(UpdateSecretVersionStage(secrets: secrets)),
            .change(DeleteSecret(secrets: secrets, ended: ended)),
            .change(RestoreSecret(secrets: secrets, ended: ended)),
            .change(TagResource(secrets: secrets)), .change(UntagResource(secrets: secrets)),
            .change(PutResourcePolicy(secrets: secrets)), .query(GetResourcePolicy(secrets: secrets)),
            .change(DeleteResourcePolicy(secrets: secrets)), .query(ValidateResourcePolicy(secrets: secrets)),
            .query(GetRandomPassword()),
        ]
    }
}
