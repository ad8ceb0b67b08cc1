import AWS
import Authorization
import Door
import SecretsManagerAPI
import Storage

/// Gives a secret a policy.
/// - Source: Secrets Manager API Reference, "PutResourcePolicy".
struct PutResourcePolicy: SecretChange {
    typealias Shape = SecretsManager.PutResourcePolicy
    let secrets: Secrets

    func secretID(_ input: Input) -> String { input.secretId }

    func conditions(_ input: Input) -> [ConditionEntry] {
        [ConditionEntry(.secretsmanagerBlockPublicPolicy, input.blockPublicPolicy.map(String.init))].compactMap { $0 }
    }

    func change(_ secret: Secret, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        let policy = try SecretPolicy.parsed(input.resourcePolicy)
        if input.blockPublicPolicy == true, policy.isPublic {
            throw SecretsManager.PublicPolicyException(
                message:
                    "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad "
                    + "access to the secret.")
        }
        let text = try SecretPolicy.stored(input.resourcePolicy, secrets.names, transaction.snapshot)
        try secret.setPolicy(text, &transaction)
        return Output(aRN: secret.arn, name: secret.name)
    }
}

/// The policy of a secret, with its users and roles by ARN. One without has none in the answer.
/// - Source: Secrets Manager API Reference, "GetResourcePolicy".
struct GetResourcePolicy: Query, OnSecret {
    typealias Shape = SecretsManager.GetResourcePolicy
    let secrets: Secrets

    func secretID(_ input: Input) -> String { input.secretId }

    func answer(
        _ input: Input, under permit: borrowing Permit<SecretTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let secret = try permit.target.living()
        return Output(
            aRN: secret.arn, name: secret.name,
            resourcePolicy: try secret.policyText.map { try SecretPolicy.shown($0, secrets.names, snapshot) })
    }
}

/// Takes a secret's policy away; absence is a success.
/// - Source: Secrets Manager API Reference, "DeleteResourcePolicy".
struct DeleteResourcePolicy: SecretChange {
    typealias Shape = SecretsManager.DeleteResourcePolicy
    let secrets: Secrets

    func secretID(_ input: Input) -> String { input.secretId }

    func change(_ secret: Secret, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        try secret.setPolicy(nil, &transaction)
        return Output(aRN: secret.arn, name: secret.name)
    }
}
