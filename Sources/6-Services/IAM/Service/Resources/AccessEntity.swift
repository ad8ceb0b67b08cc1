import AWS
import IAMAPI
import Storage
import World

/// A user or role that can use what an `AccessTarget` gives.
struct AccessEntity: Sendable {
    let kind: EntityKind
    let account: AccountID
    let id: String
    let name: String
    let path: String

    var arn: String { kind.arn(account, path: path, name: name) }

    var info: IAM.EntityInfo {
        IAM.EntityInfo(arn: arn, name: name, type: kind == .user ? .user : .role, id: id, path: path)
    }
}

extension AccessTarget {
    /// Those who can use it: the user or role itself, the members of a group, and for a policy whoever has it, by a group too.
    func entities(_ snapshot: borrowing Snapshot) throws -> [AccessEntity] {
        let (id, account) = (SQLValue.text(try required()), SQLValue.text(account.description))
        switch kind {
        case .user:
            return try read(.user, snapshot.rows("SELECT id, name, path FROM iam_user WHERE id = ?", id, each: texts))
        case .role:
            return try read(.role, snapshot.rows("SELECT id, name, path FROM iam_role WHERE id = ?", id, each: texts))
        case .group:
            let members = try snapshot.rows(
                "SELECT id, name, path FROM iam_user WHERE id IN (SELECT user_id FROM iam_member WHERE group_id = ?)",
                id,
                each: texts)
            return read(.user, members)
        default:
            let users = try snapshot.rows(
                """
                SELECT id, name, path FROM iam_user WHERE account = ?2 AND id IN (
                    SELECT owner FROM iam_attachment WHERE policy_arn = ?1
                    UNION SELECT user_id FROM iam_member WHERE group_id IN
                        (SELECT owner FROM iam_attachment WHERE policy_arn = ?1))
                """, id, account, each: texts)
            let roles = try snapshot.rows(
                """
                SELECT id, name, path FROM iam_role WHERE account = ?2 AND id IN (
                    SELECT owner FROM iam_attachment WHERE policy_arn = ?1)
                """, id, account, each: texts)
            return read(.user, users) + read(.role, roles)
        }
    }

    private func texts(_ row: borrowing Row) -> (String, String, String) { (row.text(0), row.text(1), row.text(2)) }

    private func read(_ kind: EntityKind, _ rows: [(String, String, String)]) -> [AccessEntity] {
        rows.map { AccessEntity(kind: kind, account: account, id: $0.0, name: $0.1, path: $0.2) }
    }
}
