public import AWS
import Door
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

    /// Writes the account and its keys. Keys that are there already are given this secret and stay as active as they are;
    /// keys that root has deleted since an earlier start stay away, whatever the settings still say.
    public func write(_ secrets: KeySecrets, now: Instant, in transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT OR IGNORE INTO iam_account (id, created) VALUES (?, ?)", .text(account.description),
            .int(now.milliseconds))
        let sealed = try secrets.seal(secret, for: accessKeyID)
        if let key = try AccessKey.find(accessKeyID, transaction.snapshot) {
            guard key.isRoot, key.account == account else { throw KeyIsTaken(id: accessKeyID) }
            try transaction.run(
                "UPDATE iam_access_key SET secret = ? WHERE id = ?", .blob(sealed), .text(accessKeyID))
            transaction.touch(.identity)
            return
        }
        let isNew =
            try transaction.run("INSERT OR IGNORE INTO iam_founding_key (id) VALUES (?)", .text(accessKeyID)) == 1
        guard isNew else { return }
        try AccessKey.insert(
            id: accessKeyID, account: account, owner: account.description, sealedSecret: sealed, created: now,
            &transaction)
    }
}

extension Founding {
    /// The accounts of a store, in their order.
    public static func accounts(_ snapshot: borrowing Snapshot) throws -> [AccountID] {
        try snapshot.rows("SELECT id FROM iam_account ORDER BY created, id") { try AccountID.stored($0.text(0)) }
    }

    /// Whether the root user of the account has that access key, active or not.
    public static func hasRootKey(_ id: String, of account: AccountID, _ snapshot: borrowing Snapshot) throws -> Bool {
        guard let key = try AccessKey.find(id, snapshot) else { return false }
        return key.isRoot && key.account == account
    }
}

/// A key id that settings choose for a root user is another principal's.
private struct KeyIsTaken: Error, CustomStringConvertible {
    let id: String
    var description: String { "the access key \(id) is chosen for a root user, and is somebody else's: choose another" }
}
