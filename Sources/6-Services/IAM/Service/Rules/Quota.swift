import AWS
import IAMAPI
import Storage

/// How many of a kind an account may have.
///
/// - Source: `Documentation/Decisions/0008`: they are ours, and above AWS's.
enum Quota: Sendable {
    case users, groups, roles, policies

    var limit: Int {
        switch self {
        case .users: 100_000
        case .groups, .roles: 10_000
        case .policies: 20_000
        }
    }

    private var name: String {
        switch self {
        case .users: "UsersPerAccount"
        case .groups: "GroupsPerAccount"
        case .roles: "RolesPerAccount"
        case .policies: "PoliciesPerAccount"
        }
    }

    func count(in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Int {
        let sql: StaticString =
            switch self {
            case .users: "SELECT users FROM iam_account WHERE id = ?"
            case .groups: "SELECT groups FROM iam_account WHERE id = ?"
            case .roles: "SELECT roles FROM iam_account WHERE id = ?"
            case .policies: "SELECT policies FROM iam_account WHERE id = ?"
            }
        return Int(try snapshot.number(sql, .text(account.description)))
    }

    /// One more of the kind, or one less: -1.
    func add(_ number: Int, in account: AccountID, _ transaction: inout Transaction) throws {
        let sql: StaticString =
            switch self {
            case .users: "UPDATE iam_account SET users = users + ? WHERE id = ?"
            case .groups: "UPDATE iam_account SET groups = groups + ? WHERE id = ?"
            case .roles: "UPDATE iam_account SET roles = roles + ? WHERE id = ?"
            case .policies: "UPDATE iam_account SET policies = policies + ? WHERE id = ?"
            }
        try transaction.run(sql, .number(number), .text(account.description))
    }

    func check(in account: AccountID, _ snapshot: borrowing Snapshot) throws {
        guard try count(in: account, snapshot) < limit else { throw Quota.exceeded(name, limit) }
    }

    static func exceeded(_ name: String, _ limit: Int) -> IAM.LimitExceededException {
        IAM.LimitExceededException(message: "Cannot exceed quota for \(name): \(limit)")
    }
}
