import AWS
import IAMAPI
import Storage

/// How many of a kind an account may have.
///
/// - Source: IAM and STS quotas. `users` is ours: see `Documentation/Decisions/0008`.
enum Quota: Sendable {
    case users, groups, roles, policies

    var limit: Int {
        switch self {
        case .users: 100_000
        case .groups: 300
        case .roles: 1000
        case .policies: 1500
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
        let account = SQLValue.text(account.description)
        let count =
            switch self {
            // Kept with the account: counting 10,000 users for each new one would be slower than the rest of the call.
            case .users: try snapshot.number("SELECT users FROM iam_account WHERE id = ?", account)
            case .groups: try snapshot.number("SELECT count(*) FROM iam_group WHERE account = ?", account)
            case .roles: try snapshot.number("SELECT count(*) FROM iam_role WHERE account = ?", account)
            case .policies: try snapshot.number("SELECT count(*) FROM iam_policy WHERE account = ?", account)
            }
        return Int(count)
    }

    func check(in account: AccountID, _ snapshot: borrowing Snapshot) throws {
        guard try count(in: account, snapshot) < limit else { throw Quota.exceeded(name, limit) }
    }

    static func exceeded(_ name: String, _ limit: Int) -> IAM.LimitExceededException {
        IAM.LimitExceededException(message: "Cannot exceed quota for \(name): \(limit)")
    }
}
