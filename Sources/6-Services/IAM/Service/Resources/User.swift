import AWS
import Authentication
import Door
import IAMAPI
import Storage
import World

/// An IAM user as stored.
struct User: Sendable {
    let account: AccountID
    let name: String
    /// Begins and ends with `/`.
    let path: String
    /// `AIDA…`
    let id: String
    let created: Instant
    /// The ARN of the managed policy that bounds the user's permissions.
    let boundary: String?

    let arn: String
    var principal: UserPrincipal { UserPrincipal(account: account, name: name, path: path, uniqueID: id) }

    private init(_ row: borrowing Row) throws {
        account = try AccountID.stored(row.text(0))
        (name, path, id) = (row.text(1), row.text(2), row.text(3))
        created = Instant(milliseconds: row.int(4))
        boundary = row.textOrNull(5)
        arn = EntityKind.user.arn(account, path: path, name: name)
    }

    init(account: AccountID, name: String, path: String, id: String, created: Instant, boundary: String?) {
        (self.account, self.name, self.path, self.id) = (account, name, path, id)
        (self.created, self.boundary) = (created, boundary)
        arn = EntityKind.user.arn(account, path: path, name: name)
    }

    /// The user of that name, compared without case.
    static func find(_ name: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Found<User> {
        let user = try snapshot.first(
            "SELECT account, name, path, id, created, boundary FROM iam_user WHERE account = ? AND name_key = ?",
            .text(account.description), .text(name.lowercased()), make: User.init)
        return Found(record: user, arn: user?.arn ?? EntityKind.user.arn(account, name: name), .user, named: name)
    }

    /// The same, with the condition keys of its tags.
    static func findTagged(_ name: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Found<User>
    {
        try snapshot.remembered(account.description, name) {
            let found = try find(name, in: account, snapshot)
            return try found.tagged(by: found.record?.id, snapshot)
        }
    }

    static func find(id: String, _ snapshot: borrowing Snapshot) throws -> User? {
        try snapshot.first(
            "SELECT account, name, path, id, created, boundary FROM iam_user WHERE id = ?", .text(id), make: User.init)
    }

    /// The user who calls, with the condition keys of its tags: by unique id, since a name may be another's by now.
    static func calling(_ user: UserPrincipal, _ snapshot: borrowing Snapshot) throws -> Found<User> {
        let record = try find(id: user.uniqueID, snapshot)
        let found = Found(
            record: record, arn: record?.arn ?? user.arn, .user, named: record?.name ?? user.name)
        return try found.tagged(by: record?.id, snapshot)
    }

    /// The user of that name; without a name, whoever calls. Nil where that is no user.
    static func named(_ name: String?, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) throws -> Found<User>? {
        if let name { return try findTagged(name, in: facts.signedAccount(), snapshot) }
        guard case .user(let user) = facts.caller.principal else { return nil }
        return try calling(user, snapshot)
    }

    /// Users in the order of their names, compared without case, those after `marker`.
    static func list(
        in account: AccountID, pathPrefix: String, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [User] {
        try snapshot.rows(
            """
            SELECT account, name, path, id, created, boundary FROM iam_user
            WHERE account = ?1 AND name_key > ?2 AND substr(path, 1, length(?3)) = ?3 ORDER BY name_key LIMIT ?4
            """, .text(account.description), .text(marker), .text(pathPrefix), .number(limit), each: User.init)
    }

    static func members(
        of group: Group, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [User] {
        try snapshot.rows(
            """
            SELECT u.account, u.name, u.path, u.id, u.created, u.boundary
            FROM iam_member m JOIN iam_user u ON u.id = m.user_id
            WHERE m.group_id = ?1 AND u.name_key > ?2 ORDER BY u.name_key LIMIT ?3
            """, .text(group.id), .text(marker), .number(limit), each: User.init)
    }

    /// Changes nobody's rights: no policy, key or membership is kept by a name or an id that was not there before.
    func insert(in transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO iam_user (account, name_key, name, path, id, created, boundary) VALUES (?, ?, ?, ?, ?, ?, ?)",
            .text(account.description), .text(name.lowercased()), .text(name), .text(path), .text(id),
            .int(created.milliseconds), .textOrNull(boundary))
        try Quota.users.add(1, in: account, &transaction)
    }

    func delete(in transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM iam_user WHERE id = ?", .text(id))
        try Quota.users.add(-1, in: account, &transaction)
        transaction.touch(.identity)
    }

    /// The shape of an answer; the rest where the operation shows it. A list leaves out the boundary.
    func shape(tags: [IAM.Tag]? = nil, passwordLastUsed: Instant? = nil, isListed: Bool = false) -> IAM.User {
        IAM.User(
            path: path, userName: name, userId: id, arn: arn, createDate: created,
            passwordLastUsed: passwordLastUsed,
            permissionsBoundary: isListed ? nil : boundary.map(Boundary.shape), tags: tags)
    }
}

/// The permissions boundary of a user or role.
enum Boundary {
    /// The ARN of the one that bounds a user or role; nil where none does.
    static func of(_ owner: String, isRole: Bool, _ snapshot: borrowing Snapshot) throws -> String? {
        let boundary =
            isRole
            ? try snapshot.first("SELECT boundary FROM iam_role WHERE id = ?", .text(owner)) { $0.textOrNull(0) }
            : try snapshot.first("SELECT boundary FROM iam_user WHERE id = ?", .text(owner)) { $0.textOrNull(0) }
        return boundary ?? nil
    }

    /// The model knows another word for the type; what AWS answers, in its own examples too, is `Policy`.
    static func shape(_ arn: String) -> IAM.AttachedPermissionsBoundary {
        IAM.AttachedPermissionsBoundary(
            permissionsBoundaryType: IAM.PermissionsBoundaryAttachmentType(rawValue: "Policy"),
            permissionsBoundaryArn: arn)
    }

    /// Throws where there is no such policy, or it cannot bound the rights of such an entity.
    static func check(_ policy: Found<ManagedPolicy>, of kind: EntityKind) throws {
        guard ManagedPolicy.isARN(policy.arn) else {
            throw IAM.InvalidInputException(message: "ARN \(policy.arn) is not valid.")
        }
        try policy.required(orElse: "Scope ARN: \(policy.arn) does not exist or is not attachable.")
            .checkAttachable(to: kind)
    }
}
