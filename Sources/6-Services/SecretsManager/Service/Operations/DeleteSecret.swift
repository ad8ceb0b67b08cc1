import AWS
import Door
import SecretsManagerAPI
import Storage
import World

/// Marks a secret for deletion after a recovery window, or deletes it at once.
/// - Source: Secrets Manager API Reference, "DeleteSecret".
struct DeleteSecret: Change, OnSecret {
    typealias Shape = SecretsManager.DeleteSecret
    let secrets: Secrets
    let ended: EndedSecrets

    private static let windows = 7...30
    private static let day: Int64 = 86_400

    func secretID(_ input: Input) -> String { input.secretId }

    func conditions(_ input: Input) -> [ConditionEntry] {
        [
            ConditionEntry(.secretsmanagerRecoveryWindowInDays, input.recoveryWindowInDays.map(String.init)),
            ConditionEntry(
                .secretsmanagerForceDeleteWithoutRecovery, input.forceDeleteWithoutRecovery.map(String.init)),
        ].compactMap { $0 }
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<SecretTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let now = permit.facts.now
        if input.forceDeleteWithoutRecovery == true {
            guard input.recoveryWindowInDays == nil else {
                throw Refused.parameter(
                    "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
            }
            // What is not there need not be deleted: that is a success.
            guard let secret = permit.target.secret else {
                return Output(name: permit.target.name.name, deletionDate: now)
            }
            try ended.remove(secret, now, &transaction)
            return Output(aRN: secret.arn, name: secret.name, deletionDate: now)
        }
        let window = input.recoveryWindowInDays ?? DeleteSecret.windows.upperBound
        guard DeleteSecret.windows.contains(window) else {
            throw Refused.parameter(
                "The RecoveryWindowInDays value must be between \(DeleteSecret.windows.lowerBound) and "
                    + "\(DeleteSecret.windows.upperBound) days (inclusive).")
        }
        let secret = try permit.target.required()
        guard secret.deletion == nil else {
            throw Refused.request(
                "You can't perform this operation on the secret because it was already scheduled for deletion.")
        }
        let deletion = now + .seconds(Int64(window) * DeleteSecret.day)
        try secret.setDeletion(deletion, &transaction)
        try ended.note(.start, of: secret, now, &transaction)
        return Output(aRN: secret.arn, name: secret.name, deletionDate: deletion)
    }
}
