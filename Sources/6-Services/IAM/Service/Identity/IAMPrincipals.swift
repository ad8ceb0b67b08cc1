public import AWS
public import Door
public import Storage
import World

/// Users and roles by ARN and by unique id, for policies that name them.
public struct IAMPrincipals: PrincipalNames {
    /// Keeps nothing: every question is put to the snapshot.
    public init() {}

    /// A path that is not the entity's own makes it missing: the ARN is another.
    public func entity(arn text: String, in snapshot: borrowing Snapshot) throws -> PrincipalEntity? {
        guard let arn = ARN(text), arn.service == "iam", let account = arn.accountID,
            let slash = arn.resource.firstIndex(of: "/"), let last = arn.resource.lastIndex(of: "/")
        else { return nil }
        let name = String(arn.resource[arn.resource.index(after: last)...])
        let found: (arn: String, id: String)?
        switch arn.resource[..<slash] {
        case "user": found = try User.find(name, in: account, snapshot).record.map { ($0.arn, $0.id) }
        case "role": found = try Role.find(name, in: account, snapshot).record.map { ($0.arn, $0.id) }
        default: return nil
        }
        guard let found, found.arn.hasSameBytes(as: text) else { return .missing }
        return .id(found.id)
    }

    /// Exactly as it is spelled.
    public func roleID(named name: String, in account: AccountID, _ snapshot: borrowing Snapshot) throws -> String? {
        guard let role = try Role.find(name, in: account, snapshot).record, role.name.hasSameBytes(as: name) else {
            return nil
        }
        return role.id
    }

    /// In the order of their numbers.
    public func accounts(in snapshot: borrowing Snapshot) throws -> [AccountID] {
        try snapshot.rows("SELECT id FROM iam_account ORDER BY id") { try AccountID.stored($0.text(0)) }
    }

    /// By the id's prefix: a user or a role.
    public func arn(id: String, in snapshot: borrowing Snapshot) throws -> String? {
        if id.hasPrefix(EntityKind.user.idPrefix) { return try User.find(id: id, snapshot)?.arn }
        return id.hasPrefix(EntityKind.role.idPrefix) ? try Role.find(id: id, snapshot)?.arn : nil
    }
}
