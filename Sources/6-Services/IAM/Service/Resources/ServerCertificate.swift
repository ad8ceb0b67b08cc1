import AWS
import Door
import IAMAPI
import Storage
import World

/// A certificate for servers, with its private key, which is sealed and never shown again.
struct ServerCertificate: Sendable {
    let account: AccountID
    let name: String
    let path: String
    /// `ASCA…`
    let id: String
    let body: String
    let chain: String?
    let uploaded: Instant
    let expires: Instant

    var arn: String { EntityKind.serverCertificate.arn(account, path: path, name: name) }

    /// - Source: IAM and STS quotas: server certificates in an account.
    static let limit = 20

    private init(_ row: borrowing Row) throws {
        account = try AccountID.stored(row.text(0))
        (name, path, id, body, chain) = (row.text(1), row.text(2), row.text(3), row.text(4), row.textOrNull(5))
        uploaded = Instant(milliseconds: row.int(6))
        expires = Instant(milliseconds: row.int(7))
    }

    init(
        account: AccountID, name: String, path: String, id: String, body: String, chain: String?, uploaded: Instant,
        expires: Instant
    ) {
        (self.account, self.name, self.path, self.id) = (account, name, path, id)
        (self.body, self.chain, self.uploaded, self.expires) = (body, chain, uploaded, expires)
    }

    static func find(
        _ name: String, in account: AccountID, _ snapshot: borrowing Snapshot
    ) throws -> Found<ServerCertificate> {
        let found = try snapshot.first(
            """
            SELECT account, name, path, id, body, chain, uploaded, expires FROM iam_server_certificate
            WHERE account = ? AND name_key = ?
            """, .text(account.description), .text(name.lowercased()), make: ServerCertificate.init)
        return try Found(
            record: found, arn: found?.arn ?? EntityKind.serverCertificate.arn(account, name: name),
            .serverCertificate, named: name
        ).tagged(by: found?.id, snapshot)
    }

    static func list(
        in account: AccountID, pathPrefix: String, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [ServerCertificate] {
        try snapshot.rows(
            """
            SELECT account, name, path, id, body, chain, uploaded, expires FROM iam_server_certificate
            WHERE account = ?1 AND name_key > ?2 AND substr(path, 1, length(?3)) = ?3 ORDER BY name_key LIMIT ?4
            """, .text(account.description), .text(marker), .text(pathPrefix), .number(limit),
            each: ServerCertificate.init)
    }

    static func count(in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Int {
        Int(
            try snapshot.number(
                "SELECT count(*) FROM iam_server_certificate WHERE account = ?", .text(account.description)))
    }

    func insert(sealedKey: [UInt8], _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_server_certificate (account, name_key, name, path, id, body, chain, private_key, uploaded, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(account.description), .text(name.lowercased()), .text(name), .text(path), .text(id), .text(body),
            .textOrNull(chain), .blob(sealedKey), .int(uploaded.milliseconds), .int(expires.milliseconds))
    }

    var metadata: IAM.ServerCertificateMetadata {
        IAM.ServerCertificateMetadata(
            path: path, serverCertificateName: name, serverCertificateId: id, arn: arn, uploadDate: uploaded,
            expiration: expires)
    }
}
