import AWS
import Door
import IAMAPI
import Storage
import World

/// What ties a role to instances: they are given the profile, and with it whatever role is in it.
struct InstanceProfile: Sendable {
    let account: AccountID
    let name: String
    let path: String
    /// `AIPA…`
    let id: String
    let created: Instant
    /// The role's unique id; at most one.
    let role: String?

    var arn: String { EntityKind.instanceProfile.arn(account, path: path, name: name) }

    /// - Source: IAM and STS quotas: instance profiles in an account, roles in an instance profile.
    static let limit = 1000
    static let roleLimit = 1

    private init(_ row: borrowing Row) throws {
        account = try AccountID.stored(row.text(0))
        (name, path, id) = (row.text(1), row.text(2), row.text(3))
        (created, role) = (Instant(milliseconds: row.int(4)), row.textOrNull(5))
    }

    init(account: AccountID, name: String, path: String, id: String, created: Instant) {
        (self.account, self.name, self.path, self.id, self.created) = (account, name, path, id, created)
        role = nil
    }

    static func find(
        _ name: String, in account: AccountID, _ snapshot: borrowing Snapshot
    ) throws -> Found<InstanceProfile> {
        let profile = try snapshot.first(
            """
            SELECT account, name, path, id, created, role FROM iam_instance_profile WHERE account = ? AND name_key = ?
            """, .text(account.description), .text(name.lowercased()), make: InstanceProfile.init)
        return Found(
            record: profile, arn: profile?.arn ?? EntityKind.instanceProfile.arn(account, name: name),
            .instanceProfile, named: name)
    }

    static func find(id: String, _ snapshot: borrowing Snapshot) throws -> InstanceProfile? {
        try snapshot.first(
            "SELECT account, name, path, id, created, role FROM iam_instance_profile WHERE id = ?", .text(id),
            make: InstanceProfile.init)
    }

    static func list(
        in account: AccountID, pathPrefix: String, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [InstanceProfile] {
        try snapshot.rows(
            """
            SELECT account, name, path, id, created, role FROM iam_instance_profile
            WHERE account = ?1 AND name_key > ?2 AND substr(path, 1, length(?3)) = ?3 ORDER BY name_key LIMIT ?4
            """, .text(account.description), .text(marker), .text(pathPrefix), .number(limit),
            each: InstanceProfile.init)
    }

    /// Those that a role is in.
    static func list(
        of role: String, after marker: String = "", limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [InstanceProfile] {
        try snapshot.rows(
            """
            SELECT account, name, path, id, created, role FROM iam_instance_profile
            WHERE role = ? AND name_key > ? ORDER BY name_key LIMIT ?
            """, .text(role), .text(marker), .number(limit), each: InstanceProfile.init)
    }

    static func count(in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Int {
        Int(
            try snapshot.number(
                "SELECT count(*) FROM iam_instance_profile WHERE account = ?", .text(account.description)))
    }

    func insert(in transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO iam_instance_profile (account, name_key, name, path, id, created) VALUES (?, ?, ?, ?, ?, ?)
            """, .text(account.description), .text(name.lowercased()), .text(name), .text(path), .text(id),
            .int(created.milliseconds))
    }

    func setRole(_ role: String?, in transaction: inout Transaction) throws {
        try transaction.run("UPDATE iam_instance_profile SET role = ? WHERE id = ?", .textOrNull(role), .text(id))
    }

    func delete(in transaction: inout Transaction) throws {
        try Tags.removeAll(of: id, &transaction)
        try transaction.run("DELETE FROM iam_instance_profile WHERE id = ?", .text(id))
    }

    /// The shape of an answer; `tags` where the operation shows them.
    func shape(tags: [IAM.Tag]? = nil, _ snapshot: borrowing Snapshot) throws -> IAM.InstanceProfile {
        let role = try role.flatMap { try Role.find(id: $0, snapshot) }
        return IAM.InstanceProfile(
            path: path, instanceProfileName: name, instanceProfileId: id, arn: arn, createDate: created,
            roles: try role.map { [try $0.shape(.within, snapshot)] } ?? [], tags: tags)
    }
}
