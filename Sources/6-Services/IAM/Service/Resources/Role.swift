import AWS
import Door
import IAMAPI
import Storage
import World

/// A role: an identity without credentials of its own, taken on by whoever its trust policy admits.
struct Role: Sendable {
    let account: AccountID
    let name: String
    let path: String
    /// `AROA…`
    let id: String
    let created: Instant
    let boundary: String?
    /// The trust policy as stored: principals as unique ids where they were users or roles.
    let trust: String
    let description: String?
    /// Seconds, 3,600 to 43,200.
    let maximumSession: Int

    var arn: String { EntityKind.role.arn(account, path: path, name: name) }

    private init(_ row: borrowing Row) throws {
        account = try AccountID.stored(row.text(0))
        (name, path, id) = (row.text(1), row.text(2), row.text(3))
        created = Instant(milliseconds: row.int(4))
        (boundary, trust, description) = (row.textOrNull(5), row.text(6), row.textOrNull(7))
        maximumSession = Int(row.int(8))
    }

    init(
        account: AccountID, name: String, path: String, id: String, created: Instant, boundary: String?, trust: String,
        description: String?, maximumSession: Int
    ) {
        (self.account, self.name, self.path, self.id) = (account, name, path, id)
        (self.created, self.boundary, self.trust) = (created, boundary, trust)
        (self.description, self.maximumSession) = (description, maximumSession)
    }

    static func find(_ name: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Found<Role> {
        let role = try snapshot.first(
            """
            SELECT account, name, path, id, created, boundary, trust, description, maximum_session
            FROM iam_role WHERE account = ? AND name_key = ?
            """, .text(account.description), .text(name.lowercased()), make: Role.init)
        return Found(record: role, arn: role?.arn ?? EntityKind.role.arn(account, name: name), .role, named: name)
    }

    static func find(id: String, _ snapshot: borrowing Snapshot) throws -> Role? {
        try snapshot.first(
            """
            SELECT account, name, path, id, created, boundary, trust, description, maximum_session
            FROM iam_role WHERE id = ?
            """, .text(id), make: Role.init)
    }

    static func list(
        in account: AccountID, pathPrefix: String, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [Role] {
        try snapshot.rows(
            """
            SELECT account, name, path, id, created, boundary, trust, description, maximum_session
            FROM iam_role
            WHERE account = ?1 AND name_key > ?2 AND substr(path, 1, length(?3)) = ?3 ORDER BY name_key LIMIT ?4
            """, .text(account.description), .text(marker), .text(pathPrefix), .number(limit), each: Role.init)
    }

    func insert(in transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_role (account, name_key, name, path, id, created, boundary, trust, description, maximum_session)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(account.description), .text(name.lowercased()), .text(name), .text(path), .text(id),
            .int(created.milliseconds), .textOrNull(boundary), .text(trust), .textOrNull(description),
            .number(maximumSession))
        try Quota.roles.add(1, in: account, &transaction)
        transaction.touch(.identity)
    }

    /// With its tags. Its policies are gone before.
    func delete(in transaction: inout Transaction) throws {
        try Tags.removeAll(of: id, &transaction)
        try transaction.run("DELETE FROM iam_access_use WHERE owner = ?", .text(id))
        try transaction.run("DELETE FROM iam_role WHERE id = ?", .text(id))
        try Quota.roles.add(-1, in: account, &transaction)
        transaction.touch(.identity)
    }
}
