import AWS
import Storage

/// Managed policies attached to users, groups and roles. An owner is a unique id.
enum AttachedPolicies {
    /// ARNs in byte order.
    static func arns(of owner: String, _ snapshot: borrowing Snapshot) throws -> [String] {
        try snapshot.rows("SELECT policy_arn FROM iam_attachment WHERE owner = ? ORDER BY policy_arn", .text(owner)) {
            $0.text(0)
        }
    }

    static func count(of owner: String, _ snapshot: borrowing Snapshot) throws -> Int {
        Int(try snapshot.number("SELECT count(*) FROM iam_attachment WHERE owner = ?", .text(owner)))
    }

    static func contains(_ arn: String, of owner: String, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists("SELECT 1 FROM iam_attachment WHERE owner = ? AND policy_arn = ?", .text(owner), .text(arn))
    }

    /// Attaching twice is one attachment.
    static func attach(_ arn: String, to owner: String, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT OR IGNORE INTO iam_attachment (owner, policy_arn) VALUES (?, ?)", .text(owner), .text(arn))
        transaction.touch(.identity)
    }

    /// False where it was not attached.
    static func detach(_ arn: String, from owner: String, _ transaction: inout Transaction) throws -> Bool {
        transaction.touch(.identity)
        return try transaction.run(
            "DELETE FROM iam_attachment WHERE owner = ? AND policy_arn = ?", .text(owner), .text(arn)) == 1
    }
}
