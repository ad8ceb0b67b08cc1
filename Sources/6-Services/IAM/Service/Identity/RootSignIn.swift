public import AWS
import Crypto
import Formats
import Smithy
public import Storage
public import World

/// What the root user of an account begins to sign in with: an e-mail address and a password.
public struct RootSignIn: Sendable {
    /// Whose root user it is.
    public let account: AccountID
    /// As it was given; compared without case.
    public let email: String
    private let password: [UInt8]
    /// The same password, where settings chose it: told from another choice at a later start.
    private let chosen: [UInt8]?

    /// - Parameter isChosen: whether settings say this password, rather than the server's chance.
    public init(
        account: AccountID, email: String, password: String, isChosen: Bool, _ hashing: PasswordHashing
    ) async throws {
        (self.account, self.email) = (account, email)
        self.password = try await hashing.hash(password, for: account.description)
        chosen = isChosen ? self.password : nil
    }

    /// A password that nobody guesses, and that AWS's own rules allow.
    public static func randomPassword() -> String {
        while true {
            let password = Base64.encode(SecureRandom.bytes(18))
            if (try? PasswordRules.checkUnruled(password, [])) != nil { return password }
        }
    }

    /// Nil where the rules for root users allow the password; otherwise what is wrong with it.
    public static func fault(in password: String, email: String) -> String? {
        do { try PasswordRules.checkUnruled(password, [email]) } catch {
            return (error as? any ServiceError)?.message ?? "\(error)"
        }
        return nil
    }

    /// Gives root this password and this address, whatever it had.
    public func write(now: Instant, in transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_root_user (account, email, email_key, chosen) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (account) DO UPDATE SET email = ?2, email_key = ?3, chosen = ?4
            """, .text(account.description), .text(email), .text(email.lowercased()), .blobOrNull(chosen))
        if let profile = try LoginProfile.find(owner: account.description, transaction.snapshot) {
            try profile.replace(password, isResetRequired: false, now: now, &transaction)
        } else {
            try LoginProfile.create(
                owner: account.description, account, password, isResetRequired: false, now: now, &transaction)
        }
    }
}

extension RootSignIn {
    /// How root of an account signs in now. Nil where nobody has said yet.
    public struct Known: Sendable {
        /// As it was given.
        public let email: String
        fileprivate let chosen: [UInt8]?
        fileprivate let account: AccountID

        /// Whether settings chose this very password before. Root may have another by now, which then stays.
        public func isChosen(_ password: String, _ hashing: PasswordHashing) async throws -> Bool {
            guard let chosen else { return false }
            return try await hashing.matches(password, chosen, of: account.description)
        }
    }

    /// Gives root another address.
    public static func move(_ account: AccountID, to email: String, in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE iam_root_user SET email = ?, email_key = ? WHERE account = ?", .text(email),
            .text(email.lowercased()), .text(account.description))
    }

    /// What is kept of an account's root user.
    public static func known(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Known? {
        try snapshot.first("SELECT email, chosen FROM iam_root_user WHERE account = ?", .text(account.description)) {
            Known(email: $0.text(0), chosen: $0.blobOrNull(1), account: account)
        }
    }
}
