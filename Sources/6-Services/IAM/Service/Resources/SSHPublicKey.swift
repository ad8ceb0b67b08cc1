import IAMAPI
import Storage
import World

/// A public key that a user may sign in to repositories with.
struct SSHPublicKey: Sendable {
    /// `APKA…`
    let id: String
    let key: [UInt8]
    let isActive: Bool
    let uploaded: Instant

    var status: IAM.StatusType { isActive ? .active : .inactive }

    /// - Source: IAM and STS quotas: SSH public keys per user.
    static let limit = 5

    private init(_ row: borrowing Row) {
        (id, key, isActive) = (row.text(0), row.blob(1), row.bool(2))
        uploaded = Instant(milliseconds: row.int(3))
    }

    init(id: String, key: [UInt8], uploaded: Instant) {
        (self.id, self.key, isActive, self.uploaded) = (id, key, true, uploaded)
    }

    static func all(of owner: String, _ snapshot: borrowing Snapshot) throws -> [SSHPublicKey] {
        try snapshot.rows(
            "SELECT id, key, active, uploaded FROM iam_ssh_key WHERE owner = ? ORDER BY id", .text(owner)
        ) { SSHPublicKey($0) }
    }

    /// The owner's key of that id.
    static func find(_ id: String, of owner: String, _ snapshot: borrowing Snapshot) throws -> SSHPublicKey {
        let found = try snapshot.first(
            "SELECT id, key, active, uploaded FROM iam_ssh_key WHERE id = ? AND owner = ?", .text(id), .text(owner)
        ) { SSHPublicKey($0) }
        guard let found else {
            throw IAM.NoSuchEntityException(message: "The Public Key with id \(id) cannot be found.")
        }
        return found
    }

    func insert(for owner: String, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO iam_ssh_key (id, owner, key, active, uploaded) VALUES (?, ?, ?, 1, ?)", .text(id),
            .text(owner), .blob(key), .int(uploaded.milliseconds))
    }

    func shape(_ userName: String, body: String) -> IAM.SSHPublicKey {
        IAM.SSHPublicKey(
            userName: userName, sSHPublicKeyId: id, fingerprint: SSHKeyText(stored: key).fingerprint,
            sSHPublicKeyBody: body, status: status, uploadDate: uploaded)
    }
}
