import AWS
import Authorization
import Storage

/// Groups whose members may do everything, as their policies say.
struct Administrators {
    let id: String
    let name: String

    /// Those that have a member, by name.
    static func groups(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> [Administrators] {
        let candidates = try snapshot.rows(
            """
            SELECT g.id, g.name FROM iam_group g WHERE g.account = ? AND EXISTS
                (SELECT 1 FROM iam_member m WHERE m.group_id = g.id)
            AND (EXISTS (SELECT 1 FROM iam_attachment a WHERE a.owner = g.id)
                OR EXISTS (SELECT 1 FROM iam_inline_policy i WHERE i.owner = g.id)) ORDER BY g.name_key
            """, .text(account.description)
        ) { Administrators(id: $0.text(0), name: $0.text(1)) }
        return try candidates.filter { try $0.mayDoEverything(account, snapshot) }
    }

    /// Whether a member of one has an active access key or a password.
    static func canWork(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Bool {
        try groups(account, snapshot).contains { group in
            try snapshot.number(
                """
                SELECT count(*) FROM iam_member m WHERE m.group_id = ?
                AND (EXISTS (SELECT 1 FROM iam_access_key k WHERE k.owner = m.user_id AND k.active = 1)
                    OR EXISTS (SELECT 1 FROM iam_login_profile p WHERE p.owner = m.user_id))
                """, .text(group.id)) > 0
        }
    }

    private func mayDoEverything(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Bool {
        var documents = try InlinePolicy.all(of: id, snapshot).map(\.document)
        for arn in try AttachedPolicies.arns(of: id, snapshot) {
            guard let policy = try ManagedPolicy.find(arn: arn, in: account, snapshot).record,
                let version = try PolicyVersion.find(policy.defaultVersion, of: policy, snapshot)
            else { continue }
            documents.append(version.document)
        }
        return documents.contains { document in
            CompiledPolicy(stored: Array(document.utf8), as: .managed).document.statements.contains { statement in
                statement.effect == "Allow" && statement.action?.contains { $0 == "*" || $0 == "*:*" } == true
                    && statement.resource?.contains("*") == true && statement.condition.isEmpty
            }
        }
    }
}
