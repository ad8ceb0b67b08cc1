public import AWS
public import Door
import IAMAPI
public import Storage
public import World

/// Users and root users as sign-in sees them.
public struct People: SignInDirectory {
    private let passwords: Passwords

    /// Keeps nothing: every question is put to the snapshot.
    public init(_ passwords: Passwords) { self.passwords = passwords }

    /// Twelve digits, with dashes as AWS shows them or without, or an alias.
    public func account(named text: String, in snapshot: borrowing Snapshot) throws -> AccountID? {
        let digits = text.filter { $0 != "-" }
        if let id = AccountID(digits) {
            return try snapshot.exists("SELECT 1 FROM iam_account WHERE id = ?", .text(id.description)) ? id : nil
        }
        return try snapshot.first("SELECT id FROM iam_account WHERE alias = ?", .text(text.lowercased())) {
            try AccountID.stored($0.text(0))
        }
    }

    /// Names are compared without case, as everywhere in IAM.
    public func user(_ name: String, of account: AccountID, in snapshot: borrowing Snapshot) throws -> SignInIdentity? {
        try User.find(name, in: account, snapshot).record.map { try identity($0, snapshot) }
    }

    /// Addresses are compared without case.
    public func root(email: String, in snapshot: borrowing Snapshot) throws -> SignInIdentity? {
        try RootUser.account(of: email, snapshot).map { try identity($0, snapshot) }
    }

    /// A unique id is never given again, so a namesake is somebody else.
    public func identity(owner: String, in snapshot: borrowing Snapshot) throws -> SignInIdentity? {
        if let account = AccountID(owner) { return try identity(account, snapshot) }
        return try User.find(id: owner, snapshot).map { try identity($0, snapshot) }
    }

    private func identity(_ user: User, _ snapshot: borrowing Snapshot) throws -> SignInIdentity {
        let profile = try LoginProfile.find(owner: user.id, snapshot)
        let policy = try PasswordPolicy.find(user.account, snapshot)
        return SignInIdentity(
            principal: .user(user.principal), account: user.account, owner: user.id, password: profile?.password,
            version: profile?.version ?? 0, isResetRequired: profile?.isResetRequired ?? false,
            expiry: profile.flatMap { policy?.expiry(of: $0.changed) }, isExpiryHard: policy?.hardExpiry ?? false)
    }

    private func identity(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> SignInIdentity {
        let profile = try LoginProfile.find(owner: account.description, snapshot)
        return SignInIdentity(
            principal: .root(account), account: account, owner: account.description, password: profile?.password,
            version: profile?.version ?? 0)
    }

    /// On the threads of the hashing.
    public func isRight(_ password: String, of identity: SignInIdentity?) async throws -> Bool {
        try await passwords.hashing.matches(password, identity?.password, of: identity?.owner ?? "")
    }

    /// `PasswordLastUsed` from now on.
    public func noteUse(of identity: SignInIdentity, at now: Instant, in transaction: inout Transaction) throws {
        try PasswordUse.note(identity.owner, now, &transaction)
    }

    /// By the rules for root users, whatever the account's policy.
    /// - Parameter address: what it may not be.
    public func hashed(
        _ password: String, forRootOf account: AccountID, otherThan address: String?
    ) async throws -> [UInt8] {
        try PasswordRules.checkUnruled(password, [address].compactMap { $0 })
        return try await passwords.hashing.hash(password, for: account.description)
    }

    public func rootAddress(of account: AccountID, in snapshot: borrowing Snapshot) throws -> String? {
        try RootUser.email(of: account, snapshot)
    }

    /// The former one becomes a former one.
    public func setRootPassword(
        _ hashed: [UInt8], of identity: SignInIdentity, at now: Instant, in transaction: inout Transaction
    ) throws {
        guard let profile = try LoginProfile.find(owner: identity.owner, transaction.snapshot),
            profile.version == identity.version
        else {
            throw IAM.EntityTemporarilyUnmodifiableException(
                message: "The password is being changed by another request. Please try again.")
        }
        try profile.replace(hashed, isResetRequired: false, now: now, &transaction)
    }
}
