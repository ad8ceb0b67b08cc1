import AWS
import Crypto
import Formats
import IAMAPI
import Storage
import World

/// An X.509 certificate of a user or of root, for requests that are signed with one. No service here takes such requests.
struct SigningCertificate: Sendable {
    /// Of the certificate itself: another account may have the same. Random for those uploaded to older servers.
    let id: String
    let body: String
    let isActive: Bool
    let uploaded: Instant

    var status: IAM.StatusType { isActive ? .active : .inactive }

    /// - Source: IAM and STS quotas: signing certificates per user.
    static let limit = 2

    private init(_ row: borrowing Row) {
        (id, body, isActive) = (row.text(0), row.text(1), row.bool(2))
        uploaded = Instant(milliseconds: row.int(3))
    }

    init(id: String, body: String, uploaded: Instant) {
        (self.id, self.body, isActive, self.uploaded) = (id, body, true, uploaded)
    }

    /// 32 characters.
    static func id(of certificate: PresentedCertificate) -> String {
        String(decoding: Base32.encodeBytes(certificate.fingerprint), as: UTF8.self)
    }

    static func all(of owner: String, _ snapshot: borrowing Snapshot) throws -> [SigningCertificate] {
        try snapshot.rows(
            "SELECT id, body, active, uploaded FROM iam_signing_certificate WHERE owner = ? ORDER BY id", .text(owner)
        ) { SigningCertificate($0) }
    }

    static func find(_ id: String, of owner: String, _ snapshot: borrowing Snapshot) throws -> SigningCertificate {
        let found = try snapshot.first(
            "SELECT id, body, active, uploaded FROM iam_signing_certificate WHERE id = ? AND owner = ?", .text(id),
            .text(owner)
        ) { SigningCertificate($0) }
        guard let found else {
            throw IAM.NoSuchEntityException(message: "The Certificate with id \(id) cannot be found.")
        }
        return found
    }

    /// The one of that digest, with its owner's unique id.
    static func find(
        _ digest: [UInt8], in account: AccountID, _ snapshot: borrowing Snapshot
    ) throws -> (certificate: SigningCertificate, owner: String)? {
        try snapshot.first(
            "SELECT id, body, active, uploaded, owner FROM iam_signing_certificate WHERE account = ? AND digest = ?",
            .text(account.description), .blob(digest)
        ) { (SigningCertificate($0), $0.text(4)) }
    }

    func insert(for owner: String, _ digest: [UInt8], in account: AccountID, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_signing_certificate (id, account, owner, body, digest, active, uploaded)
            VALUES (?, ?, ?, ?, ?, 1, ?)
            """, .text(id), .text(account.description), .text(owner), .text(body), .blob(digest),
            .int(uploaded.milliseconds))
    }

    func shape(_ userName: String) -> IAM.SigningCertificate {
        IAM.SigningCertificate(
            userName: userName, certificateId: id, certificateBody: body, status: status, uploadDate: uploaded)
    }
}
