import AWS
import Storage

/// Block Public Access of a whole account.
enum AccountBlock {
    /// Nil where the account has none.
    static func find(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> PublicAccessBlock? {
        try snapshot.first("SELECT public_access FROM s3_account WHERE account = ?", .text(account.description)) {
            PublicAccessBlock(rawValue: $0.int(0))
        }
    }

    static func put(_ block: PublicAccessBlock, for account: AccountID, in transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO s3_account (account, public_access) VALUES (?, ?)
            ON CONFLICT (account) DO UPDATE SET public_access = excluded.public_access
            """, .text(account.description), .int(block.rawValue))
        transaction.touch(.resourcePolicies)
    }

    static func delete(of account: AccountID, in transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_account WHERE account = ?", .text(account.description))
        transaction.touch(.resourcePolicies)
    }
}
