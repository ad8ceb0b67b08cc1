import AWS
import Door
import SecretsManagerAPI
import Storage

/// A random password. Nothing keeps it.
/// - Source: Secrets Manager API Reference, "GetRandomPassword".
struct GetRandomPassword: Query, OnAllSecrets {
    typealias Shape = SecretsManager.GetRandomPassword

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(randomPassword: try RandomPassword(input).made())
    }
}
