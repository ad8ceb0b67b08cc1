import AWS
import IAMAPI
import Storage
import World

/// An account of this server.
struct Account: Sendable {
    let id: AccountID
    let alias: String?
    let created: Instant

    static func find(_ id: AccountID, _ snapshot: borrowing Snapshot) throws -> Account {
        guard
            let account = try snapshot.first(
                "SELECT alias, created FROM iam_account WHERE id = ?", .text(id.description),
                make: { Account(id: id, alias: $0.textOrNull(0), created: Instant(milliseconds: $0.int(1))) })
        else { throw StorageError.corrupt("account \(id) is not in the store") }
        return account
    }

    static func setAlias(_ alias: String?, of id: AccountID, _ transaction: inout Transaction) throws {
        try transaction.run("UPDATE iam_account SET alias = ? WHERE id = ?", .textOrNull(alias), .text(id.description))
    }

    /// The root user, as answers show it: by the alias, where the account has one.
    var rootShape: IAM.User {
        IAM.User(
            path: "/", userName: alias ?? id.description, userId: id.description, arn: Principal.root(id).arn ?? "",
            createDate: created)
    }
}
