public import AWS
public import Authentication
public import Storage
public import World

/// Whoever can sign in with a password, as IAM knows them.
public protocol SignInDirectory: Sendable {
    /// The account of that id or alias.
    func account(named text: String, in snapshot: borrowing Snapshot) throws -> AccountID?
    /// The user of that name, with a password or without one.
    func user(_ name: String, of account: AccountID, in snapshot: borrowing Snapshot) throws -> SignInIdentity?
    /// The root user of that e-mail address.
    func root(email: String, in snapshot: borrowing Snapshot) throws -> SignInIdentity?
    /// As now, by a user's unique id or, for root, the account id.
    func identity(owner: String, in snapshot: borrowing Snapshot) throws -> SignInIdentity?
    /// Whether `password` is the identity's, which does the same work where there is none. Waits for a thread.
    func isRight(_ password: String, of identity: SignInIdentity?) async throws -> Bool
    /// Writes down that somebody signed in with a password.
    func noteUse(of identity: SignInIdentity, at now: Instant, in transaction: inout Transaction) throws
    /// Checks a new password of root's by AWS's rules and hashes it.
    func hashed(_ password: String, forRootOf account: AccountID, otherThan address: String?) async throws -> [UInt8]
    /// The address that root of an account signs in by.
    func rootAddress(of account: AccountID, in snapshot: borrowing Snapshot) throws -> String?
    /// - Throws: where the password was changed meanwhile.
    func setRootPassword(
        _ hashed: [UInt8], of identity: SignInIdentity, at now: Instant, in transaction: inout Transaction) throws
}

/// A user or a root user who may sign in.
public struct SignInIdentity: Sendable {
    /// As it signs and is recorded.
    public let principal: Principal
    public let account: AccountID
    /// A user's unique id; the account id for root.
    public let owner: String
    /// The sealed hash; nil where there is no password.
    public let password: [UInt8]?
    /// Another after each change of the password; 0 where there is none.
    public let version: Int64
    public let isResetRequired: Bool
    /// When the password ceases to be good; nil: never.
    public let expiry: Instant?
    /// Whether an expired password can be replaced by an administrator only.
    public let isExpiryHard: Bool

    /// - Parameter version: another after each change of the password.
    public init(
        principal: Principal, account: AccountID, owner: String, password: [UInt8]?, version: Int64,
        isResetRequired: Bool = false, expiry: Instant? = nil, isExpiryHard: Bool = false
    ) {
        (self.principal, self.account, self.owner) = (principal, account, owner)
        (self.password, self.version, self.isResetRequired) = (password, version, isResetRequired)
        (self.expiry, self.isExpiryHard) = (expiry, isExpiryHard)
    }

    /// Whether it is the root user.
    public var isRoot: Bool {
        if case .root = principal { return true }
        return false
    }
}

extension SignInIdentity {
    /// The version of the password that takes the place of one of `version` at that time. Who made the change knows by it
    /// what the change led to: a password under another version came from somebody else.
    public static func version(after version: Int64, at now: Instant) -> Int64 { max(now.milliseconds, version + 1) }
}

/// Makes temporary credentials. STS stands behind it.
public protocol SessionIssuer: Sendable {
    /// As `session` says, from and until when.
    func issue(_ principal: Principal, _ session: SessionFacts) throws -> TemporaryKeys
}

/// Temporary credentials, as they are told once.
public struct TemporaryKeys: Sendable {
    public let accessKeyID, secret, token: String

    /// - Parameter token: goes with every request.
    public init(accessKeyID: String, secret: String, token: String) {
        (self.accessKeyID, self.secret, self.token) = (accessKeyID, secret, token)
    }
}
