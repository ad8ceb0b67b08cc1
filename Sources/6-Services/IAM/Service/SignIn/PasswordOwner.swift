import AWS
import Door
import IAMAPI
import Storage

/// Whose password a call is about, and what is asked of a new one.
struct PasswordOwner: Sendable {
    let user: Found<User>
    let profile: LoginProfile?
    let policy: PasswordPolicy?
    /// Those a new password must not be one of.
    let formerPasswords: [[UInt8]]
    /// What a password must not be where the account has no policy.
    let names: [String]

    /// - Parameter name: nil for whoever calls.
    init(_ name: String?, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) throws {
        let account = try facts.signedAccount()
        guard let found = try User.named(name, facts, snapshot) else {
            throw Invalid("Must specify userName when calling with non-User credentials")
        }
        user = found
        profile = try user.record.flatMap { try LoginProfile.find(owner: $0.id, snapshot) }
        policy = try PasswordPolicy.find(account, snapshot)
        formerPasswords = try profile?.passwords(policy?.reusePrevention ?? 0, snapshot) ?? []
        names = [try Account.find(account, snapshot).alias, try RootUser.email(of: account, snapshot)].compactMap { $0 }
    }

    func required() throws -> (User, LoginProfile) {
        let user = try user.required()
        guard let profile else { throw LoginProfile.absence(user.name) }
        return (user, profile)
    }

    /// Checks a new password by the rules, and hashes it.
    func hashed(_ password: String, _ hashing: PasswordHashing) async throws -> NewPassword {
        let user = try user.required()
        try PasswordRules.check(password, policy, names: names)
        if try await hashing.matchesAny(password, formerPasswords, of: user.id) {
            throw PasswordRules.violation("Password should not be one of the passwords used before.")
        }
        return NewPassword(
            sealed: try await hashing.hash(password, for: user.id), policy: policy, version: profile?.version)
    }
}

/// A password that was good when it was hashed.
struct NewPassword: Sendable {
    let sealed: [UInt8]
    let policy: PasswordPolicy?
    /// That of the profile then.
    let version: Int64?

    /// What it was checked against may have changed while it was hashed.
    func check(against owner: PasswordOwner) throws {
        guard owner.policy == policy, owner.profile?.version == version else {
            throw IAM.EntityTemporarilyUnmodifiableException(
                message: "The password is being changed by another request. Please try again.")
        }
    }
}

/// An operation on the password of a user.
protocol OnPassword: Operation where Target == PasswordOwner {
    func userName(_ input: Input) -> String?
}

extension OnPassword {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> PasswordOwner {
        try PasswordOwner(userName(input), facts, snapshot)
    }

    func access(_ input: Input, to target: PasswordOwner, for facts: RequestFacts) throws -> Access {
        try ask(on: target.user.arn, facts, keys: target.user.tagKeys, as: target.user.title)
    }

    /// Hashes are garbage without the row they were made for.
    func abandon(_ prepared: NewPassword?) async {}
    func abandon(_ prepared: NewPassword) async {}
}
