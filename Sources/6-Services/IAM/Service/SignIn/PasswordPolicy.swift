import AWS
import IAMAPI
import Storage
import World

/// What an account asks of its users' passwords.
/// - Source: IAM API Reference, "UpdateAccountPasswordPolicy"; IAM User Guide, "Set an account password policy for IAM
///   users".
struct PasswordPolicy: Sendable, Equatable {
    var minimumLength = 6
    var requiresSymbols = false
    var requiresNumbers = false
    var requiresUppercase = false
    var requiresLowercase = false
    /// Whether each user may `iam:ChangePassword` on itself and read this policy, without a policy of its own.
    var allowsChange = false
    /// Days; nil where passwords do not expire.
    var maximumAge: Int?
    /// How many passwords back, the present one included, a new one is compared with.
    var reusePrevention: Int?
    /// Whether an expired password ends in a refusal, not in a new password. Nil where it was not said.
    var hardExpiry: Bool?

    /// The kinds of characters that a password need not have.
    var kindsNotRequired: [String] {
        [
            (requiresUppercase, "uppercase letters"), (requiresLowercase, "lowercase letters"),
            (requiresNumbers, "numbers"), (requiresSymbols, "symbols"),
        ].filter { !$0.0 }.map(\.1)
    }

    static func find(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> PasswordPolicy? {
        try snapshot.first(
            """
            SELECT minimum_length, symbols, numbers, uppercase, lowercase, allows_change, maximum_age, reuse, hard_expiry
            FROM iam_password_policy WHERE account = ?
            """, .text(account.description)
        ) { row in
            PasswordPolicy(
                minimumLength: Int(row.int(0)), requiresSymbols: row.bool(1), requiresNumbers: row.bool(2),
                requiresUppercase: row.bool(3), requiresLowercase: row.bool(4), allowsChange: row.bool(5),
                maximumAge: row.intOrNull(6).map { Int($0) }, reusePrevention: row.intOrNull(7).map { Int($0) },
                hardExpiry: row.intOrNull(8).map { $0 != 0 })
        }
    }

    func put(_ account: AccountID, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT OR REPLACE INTO iam_password_policy (account, minimum_length, symbols, numbers, uppercase, lowercase,
                allows_change, maximum_age, reuse, hard_expiry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(account.description), .number(minimumLength), .bool(requiresSymbols), .bool(requiresNumbers),
            .bool(requiresUppercase), .bool(requiresLowercase), .bool(allowsChange),
            .intOrNull(maximumAge.map { Int64($0) }), .intOrNull(reusePrevention.map { Int64($0) }),
            .intOrNull(hardExpiry.map { $0 ? 1 : 0 }))
        // It may allow what no other policy does.
        transaction.touch(.identity)
    }

    static func remove(_ account: AccountID, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM iam_password_policy WHERE account = ?", .text(account.description))
        transaction.touch(.identity)
    }

    /// When a password that was set at `changed` ceases to be good; nil: never.
    func expiry(of changed: Instant) -> Instant? { maximumAge.map { changed + .seconds($0 * 86_400) } }

    /// What every user of an account may that lets its users change their passwords.
    /// - Source: IAM User Guide, "Permit IAM users to change their own passwords".
    static func changingOwn(_ userARN: String) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ChangePassword","Resource":""#
            + userARN + #""},{"Effect":"Allow","Action":"iam:GetAccountPasswordPolicy","Resource":"*"}]}"#
    }
}
