import AWS
import Door
import IAMAPI
import Storage
import World

/// The password of a user or of root, hashed and sealed.
struct LoginProfile: Sendable {
    /// A user's unique id, or the account id for root.
    let owner: String
    let account: AccountID
    let password: [UInt8]
    let created: Instant
    let changed: Instant
    /// One higher with each new password. What began under an earlier one is over: sessions, second steps.
    let version: Int64
    let isResetRequired: Bool

    private init(_ row: borrowing Row) throws {
        (owner, account) = (row.text(0), try AccountID.stored(row.text(1)))
        (password, created) = (row.blob(2), Instant(milliseconds: row.int(3)))
        (changed, version, isResetRequired) = (Instant(milliseconds: row.int(4)), row.int(5), row.bool(6))
    }

    /// As many passwords as AWS ever remembers.
    static let remembered = 24

    static func find(owner: String, _ snapshot: borrowing Snapshot) throws -> LoginProfile? {
        try snapshot.first(
            """
            SELECT owner, account, password, created, changed, version, reset_required
            FROM iam_login_profile WHERE owner = ?
            """, .text(owner), make: LoginProfile.init)
    }

    /// The newest passwords, the present one first, at most `count`.
    func passwords(_ count: Int, _ snapshot: borrowing Snapshot) throws -> [[UInt8]] {
        guard count > 0 else { return [] }
        return [password]
            + (try snapshot.rows(
                "SELECT password FROM iam_former_password WHERE owner = ? ORDER BY version DESC LIMIT ?", .text(owner),
                .number(count - 1)
            ) { $0.blob(0) })
    }

    /// A version that no profile of this owner ever had: times go on where profiles are made anew.
    static func create(
        owner: String, _ account: AccountID, _ password: [UInt8], isResetRequired: Bool, now: Instant,
        _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO iam_login_profile (owner, account, password, created, changed, version, reset_required)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, .text(owner), .text(account.description), .blob(password), .int(now.milliseconds),
            .int(now.milliseconds), .int(now.milliseconds), .bool(isResetRequired))
    }

    /// The present password becomes a former one.
    func replace(_ password: [UInt8], isResetRequired: Bool, now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO iam_former_password (owner, version, password) VALUES (?, ?, ?)", .text(owner), .int(version),
            .blob(self.password))
        try transaction.run(
            """
            DELETE FROM iam_former_password WHERE owner = ?1 AND version NOT IN
                (SELECT version FROM iam_former_password WHERE owner = ?1 ORDER BY version DESC LIMIT ?2)
            """, .text(owner), .number(LoginProfile.remembered - 1))
        try transaction.run(
            """
            UPDATE iam_login_profile SET password = ?, changed = ?, version = ?, reset_required = ? WHERE owner = ?
            """, .blob(password), .int(now.milliseconds), .int(SignInIdentity.version(after: version, at: now)),
            .bool(isResetRequired), .text(owner))
    }

    func delete(_ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM iam_former_password WHERE owner = ?", .text(owner))
        try transaction.run("DELETE FROM iam_login_profile WHERE owner = ?", .text(owner))
        transaction.eraseTraces()
    }

    func shape(userName: String) -> IAM.LoginProfile {
        IAM.LoginProfile(userName: userName, createDate: created, passwordResetRequired: isResetRequired)
    }

    static func absence(_ userName: String) -> IAM.NoSuchEntityException {
        IAM.NoSuchEntityException(message: "Login Profile for User \(userName) cannot be found.")
    }
}

/// When somebody last signed in with a password. Kept while the user is there, whatever becomes of the password.
/// - Source: IAM API Reference, "User": PasswordLastUsed.
enum PasswordUse {
    static func last(of owner: String, _ snapshot: borrowing Snapshot) throws -> Instant? {
        try snapshot.first("SELECT last_used FROM iam_password_use WHERE owner = ?", .text(owner)) {
            Instant(milliseconds: $0.int(0))
        }
    }

    /// Of those of `users` who ever signed in, by their unique ids. They are in the order of their names.
    static func last(of users: [User], _ snapshot: borrowing Snapshot) throws -> [String: Instant] {
        guard let first = users.first, let last = users.last else { return [:] }
        let uses = try snapshot.rows(
            """
            SELECT u.id, p.last_used FROM iam_user u CROSS JOIN iam_password_use p ON p.owner = u.id
            WHERE u.account = ? AND u.name_key BETWEEN ? AND ?
            """, .text(first.account.description), .text(first.name.lowercased()), .text(last.name.lowercased())
        ) { ($0.text(0), Instant(milliseconds: $0.int(1))) }
        return Dictionary(uses) { $1 }
    }

    static func note(_ owner: String, _ now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT OR REPLACE INTO iam_password_use (owner, last_used) VALUES (?, ?)", .text(owner),
            .int(now.milliseconds))
    }

    static func forget(_ owner: String, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM iam_password_use WHERE owner = ?", .text(owner))
    }
}
