import AWS
import Door
import IAMAPI
import Storage
import World

/// A long-term access key of a user or of root. The secret is sealed; only the credential source opens it.
struct AccessKey: Sendable {
    let id: String
    let account: AccountID
    /// The user's unique id; the account id for root.
    let owner: String
    let sealedSecret: [UInt8]
    let isActive: Bool
    let created: Instant

    var isRoot: Bool { owner == account.description }
    var status: IAM.StatusType { isActive ? .active : .inactive }

    private init(_ row: borrowing Row) throws {
        id = row.text(0)
        account = try AccountID.stored(row.text(1))
        owner = row.text(2)
        sealedSecret = row.blob(3)
        isActive = row.bool(4)
        created = Instant(milliseconds: row.int(5))
    }

    static func find(_ id: String, _ snapshot: borrowing Snapshot) throws -> AccessKey? {
        try snapshot.first(
            """
            SELECT id, account, owner, secret, active, created
            FROM iam_access_key WHERE id = ?
            """, .text(id), make: AccessKey.init)
    }

    static func all(of owner: String, _ snapshot: borrowing Snapshot) throws -> [AccessKey] {
        try snapshot.rows(
            """
            SELECT id, account, owner, secret, active, created
            FROM iam_access_key WHERE owner = ? ORDER BY id
            """, .text(owner), each: AccessKey.init)
    }

    static func insert(
        id: String, account: AccountID, owner: String, sealedSecret: [UInt8], created: Instant,
        _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            "INSERT INTO iam_access_key (id, account, owner, secret, active, created) VALUES (?, ?, ?, ?, 1, ?)",
            .text(id), .text(account.description), .text(owner), .blob(sealedSecret), .int(created.milliseconds))
        transaction.touch(.identity)
    }
}
