import AWS
import Door
import IAMAPI
import Storage
import World

/// A group of users. Groups hold no groups, and no user is in one by default.
struct Group: Sendable {
    let account: AccountID
    let name: String
    let path: String
    /// `AGPA…`
    let id: String
    let created: Instant

    var arn: String { EntityKind.group.arn(account, path: path, name: name) }

    private init(_ row: borrowing Row) throws {
        account = try AccountID.stored(row.text(0))
        (name, path, id) = (row.text(1), row.text(2), row.text(3))
        created = Instant(milliseconds: row.int(4))
    }

    init(account: AccountID, name: String, path: String, id: String, created: Instant) {
        (self.account, self.name, self.path, self.id, self.created) = (account, name, path, id, created)
    }

    static func find(_ name: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Found<Group> {
        let group = try snapshot.first(
            "SELECT account, name, path, id, created FROM iam_group WHERE account = ? AND name_key = ?",
            .text(account.description), .text(name.lowercased()), make: Group.init)
        return Found(record: group, arn: group?.arn ?? EntityKind.group.arn(account, name: name), .group, named: name)
    }

    static func list(
        in account: AccountID, pathPrefix: String, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [Group] {
        try snapshot.rows(
            """
            SELECT account, name, path, id, created FROM iam_group
            WHERE account = ?1 AND name_key > ?2 AND substr(path, 1, length(?3)) = ?3 ORDER BY name_key LIMIT ?4
            """, .text(account.description), .text(marker), .text(pathPrefix), .number(limit), each: Group.init)
    }

    static func list(of user: User, after marker: String, limit: Int, _ snapshot: borrowing Snapshot) throws -> [Group]
    {
        try snapshot.rows(
            """
            SELECT g.account, g.name, g.path, g.id, g.created
            FROM iam_member m JOIN iam_group g ON g.id = m.group_id
            WHERE m.user_id = ?1 AND g.name_key > ?2 ORDER BY g.name_key LIMIT ?3
            """, .text(user.id), .text(marker), .number(limit), each: Group.init)
    }

    func insert(in transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO iam_group (account, name_key, name, path, id, created) VALUES (?, ?, ?, ?, ?, ?)",
            .text(account.description), .text(name.lowercased()), .text(name), .text(path), .text(id),
            .int(created.milliseconds))
        try Quota.groups.add(1, in: account, &transaction)
        transaction.touch(.identity)
    }

    func shape() -> IAM.Group {
        IAM.Group(path: path, groupName: name, groupId: id, arn: arn, createDate: created)
    }
}
