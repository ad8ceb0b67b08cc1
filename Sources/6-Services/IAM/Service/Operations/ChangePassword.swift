import AWS
import Door
import IAMAPI
import Storage

/// Lets a user choose another password, who knows the present one.
/// - Source: IAM API Reference, "ChangePassword"; IAM User Guide, "How an IAM user changes their own password".
struct ChangePassword: PreparedChange {
    typealias Shape = IAM.ChangePassword
    let hashing: PasswordHashing
    let attempts: PasswordAttempts

    /// Nil where it is no user who calls.
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> PasswordOwner? {
        facts.caller.userName == nil ? nil : try PasswordOwner(nil, facts, snapshot)
    }

    func access(_ input: Input, to target: PasswordOwner?, for facts: RequestFacts) throws -> Access {
        guard let target else { return try ask(on: "*", facts) }
        return try ask(on: target.user.arn, facts, keys: target.user.tagKeys, as: target.user.title)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<PasswordOwner?>) async throws -> NewPassword {
        let target = try ChangePassword.user(permit.target)
        let (user, profile) = try target.required()
        // Whoever has stolen a key must not find the password with it.
        let attempt = try attempts.begin(user.id, at: permit.facts.now)
        let isRight: Bool
        do {
            isRight = try await hashing.matches(input.oldPassword, profile.password, of: user.id)
        } catch {
            attempts.end(attempt, .undecided)
            throw error
        }
        attempts.end(attempt, isRight ? .right : .wrong)
        guard isRight else { throw AccessDenied("The old password was incorrect.") }
        return try await target.hashed(input.newPassword, hashing)
    }

    func perform(
        _ input: Input, _ prepared: NewPassword, under permit: borrowing Permit<PasswordOwner?>,
        in transaction: inout Transaction
    ) throws -> Output {
        let target = try ChangePassword.user(permit.target)
        let (_, profile) = try target.required()
        try prepared.check(against: target)
        try profile.replace(prepared.sealed, isResetRequired: false, now: permit.facts.now, &transaction)
        return Output()
    }

    func abandon(_ prepared: NewPassword) async {}

    private static func user(_ target: PasswordOwner?) throws -> PasswordOwner {
        guard let target else {
            throw IAM.InvalidUserTypeException(message: "Only IAM Users can change their own password.")
        }
        return target
    }
}
