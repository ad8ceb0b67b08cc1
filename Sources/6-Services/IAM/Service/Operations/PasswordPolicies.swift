import AWS
import Door
import IAMAPI
import Storage

/// What the account asks of its users' passwords, where it asks anything of its own.
/// - Source: IAM API Reference, "GetAccountPasswordPolicy".
struct GetAccountPasswordPolicy: Query, OnAccount {
    typealias Shape = IAM.GetAccountPasswordPolicy

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let policy = try PasswordPolicy.find(permit.target, snapshot) else {
            throw IAM.NoSuchEntityException(
                message: "The Password Policy with domain name \(permit.target) cannot be found.")
        }
        return Output(
            passwordPolicy: IAM.PasswordPolicy(
                minimumPasswordLength: policy.minimumLength, requireSymbols: policy.requiresSymbols,
                requireNumbers: policy.requiresNumbers, requireUppercaseCharacters: policy.requiresUppercase,
                requireLowercaseCharacters: policy.requiresLowercase, allowUsersToChangePassword: policy.allowsChange,
                expirePasswords: policy.maximumAge != nil, maxPasswordAge: policy.maximumAge,
                passwordReusePrevention: policy.reusePrevention, hardExpiry: policy.hardExpiry))
    }
}

/// Replaces the account's rules. What is not given goes back to its default. Passwords that are there stay as they are,
/// but for their age.
/// - Source: IAM API Reference, "UpdateAccountPasswordPolicy".
struct UpdateAccountPasswordPolicy: Change, OnAccount {
    typealias Shape = IAM.UpdateAccountPasswordPolicy

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        let policy = PasswordPolicy(
            minimumLength: input.minimumPasswordLength ?? 6, requiresSymbols: input.requireSymbols ?? false,
            requiresNumbers: input.requireNumbers ?? false,
            requiresUppercase: input.requireUppercaseCharacters ?? false,
            requiresLowercase: input.requireLowercaseCharacters ?? false,
            allowsChange: input.allowUsersToChangePassword ?? false, maximumAge: input.maxPasswordAge,
            reusePrevention: input.passwordReusePrevention, hardExpiry: input.hardExpiry)
        try policy.put(permit.target, &transaction)
        return Output()
    }
}

/// Back to AWS's own rules.
/// - Source: IAM API Reference, "DeleteAccountPasswordPolicy".
struct DeleteAccountPasswordPolicy: Change, OnAccount {
    typealias Shape = IAM.DeleteAccountPasswordPolicy

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        guard try PasswordPolicy.find(permit.target, transaction.snapshot) != nil else {
            throw IAM.NoSuchEntityException(message: "The account policy with name PasswordPolicy cannot be found.")
        }
        try PasswordPolicy.remove(permit.target, &transaction)
        return Output()
    }
}
