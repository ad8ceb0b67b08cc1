import AWS
import Door
import IAMAPI
import Storage

/// Gives a user a password, and with it a way into the console.
/// - Source: IAM API Reference, "CreateLoginProfile".
struct CreateLoginProfile: PreparedChange, OnPassword {
    typealias Shape = IAM.CreateLoginProfile
    let hashing: PasswordHashing
    func userName(_ input: Input) -> String? { input.userName }

    func prepare(_ input: Input, under permit: borrowing Permit<PasswordOwner>) async throws -> NewPassword {
        let target = permit.target
        let user = try target.user.required()
        guard target.profile == nil else { throw CreateLoginProfile.exists(user) }
        guard let password = input.password else { throw Invalid("A password is required for an IAM user.") }
        return try await target.hashed(password, hashing)
    }

    func perform(
        _ input: Input, _ prepared: NewPassword, under permit: borrowing Permit<PasswordOwner>,
        in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        let user = try target.user.required()
        guard target.profile == nil else { throw CreateLoginProfile.exists(user) }
        guard target.policy == prepared.policy else {
            throw PasswordRules.violation("The password policy is being changed. Please try again.")
        }
        let now = permit.facts.now
        let isResetRequired = input.passwordResetRequired ?? false
        try LoginProfile.create(
            owner: user.id, user.account, prepared.sealed, isResetRequired: isResetRequired, now: now, &transaction)
        return Output(
            loginProfile: IAM.LoginProfile(
                userName: user.name, createDate: now, passwordResetRequired: isResetRequired))
    }

    private static func exists(_ user: User) -> IAM.EntityAlreadyExistsException {
        IAM.EntityAlreadyExistsException(message: "Login Profile for user \(user.name) already exists.")
    }
}

/// Whether a user has a password, since when, and whether it must be changed.
/// - Source: IAM API Reference, "GetLoginProfile".
struct GetLoginProfile: Query, OnPassword {
    typealias Shape = IAM.GetLoginProfile
    func userName(_ input: Input) -> String? { input.userName }

    func answer(
        _ input: Input, under permit: borrowing Permit<PasswordOwner>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let (user, profile) = try permit.target.required()
        return Output(loginProfile: profile.shape(userName: user.name))
    }
}

/// Sets a user's password anew, or only whether it must be changed. Sessions that began with the old one are over.
/// - Source: IAM API Reference, "UpdateLoginProfile".
struct UpdateLoginProfile: PreparedChange, OnPassword {
    typealias Shape = IAM.UpdateLoginProfile
    let hashing: PasswordHashing
    func userName(_ input: Input) -> String? { input.userName }

    /// Nil where no password is given.
    func prepare(_ input: Input, under permit: borrowing Permit<PasswordOwner>) async throws -> NewPassword? {
        let target = permit.target
        _ = try target.required()
        guard let password = input.password else { return nil }
        return try await target.hashed(password, hashing)
    }

    func perform(
        _ input: Input, _ prepared: NewPassword?, under permit: borrowing Permit<PasswordOwner>,
        in transaction: inout Transaction
    ) throws -> Output {
        let target = permit.target
        let (_, profile) = try target.required()
        if let prepared {
            try prepared.check(against: target)
            try profile.replace(
                prepared.sealed, isResetRequired: input.passwordResetRequired ?? false, now: permit.facts.now,
                &transaction)
        } else if let isResetRequired = input.passwordResetRequired {
            try transaction.run(
                "UPDATE iam_login_profile SET reset_required = ? WHERE owner = ?", .bool(isResetRequired),
                .text(profile.owner))
        }
        return Output()
    }
}

/// Takes a user's password away, and every session that began with it.
/// - Source: IAM API Reference, "DeleteLoginProfile".
struct DeleteLoginProfile: Change, OnPassword {
    typealias Shape = IAM.DeleteLoginProfile
    func userName(_ input: Input) -> String? { input.userName }

    func perform(
        _ input: Input, under permit: borrowing Permit<PasswordOwner>, in transaction: inout Transaction
    ) throws -> Output {
        try permit.target.required().1.delete(&transaction)
        return Output()
    }
}
