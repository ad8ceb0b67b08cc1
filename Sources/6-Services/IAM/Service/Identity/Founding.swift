public import AWS
public import Storage
public import World

/// What an account begins with: itself, and the keys of its root user.
public struct Founding: Sendable {
    public let account: AccountID
    public let accessKeyID: String
    private let secret: String

    public init(account: AccountID, accessKeyID: String, secret: String) {
        (self.account, self.accessKeyID, self.secret) = (account, accessKeyID, secret)
    }

    /// New random keys.
    public static func random(_ account: AccountID, _ identifiers: Identifiers, _ secrets: KeySecrets) throws -> (
        Founding, secret: String
    ) {
        let id = Naming(identifiers: identifiers).accessKeyID(account)
        let secret = try secrets.make(for: id).secret
        return (Founding(account: account, accessKeyID: id, secret: secret), secret)
    }

    /// Writes the account and its keys; keys that are there already are given this secret.
    public func write(_ secrets: KeySecrets, now: Instant, in transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT OR IGNORE INTO iam_account (id, created) VALUES (?, ?)", .text(account.description),
            .int(now.milliseconds))
        try transaction.run("DELETE FROM iam_access_key WHERE id = ?", .text(accessKeyID))
        try AccessKey.insert(
            id: accessKeyID, account: account, owner: account.description,
            sealedSecret: try secrets.seal(secret, for: accessKeyID), created: now, &transaction)
    }
}

extension Founding {
    /// The accounts of a store, in their order.
    public static func accounts(_ snapshot: borrowing Snapshot) throws -> [AccountID] {
        try snapshot.rows("SELECT id FROM iam_account ORDER BY created, id") { try AccountID.stored($0.text(0)) }
    }
}
