import Door
import Journal
import Smithy
import Storage
import World

extension House {
    /// Everything IAM keeps, as text: equal before and after a call that changed nothing.
    func state() throws -> [String] {
        try store.read { snapshot in
            var rows: [String] = []
            for query in House.queries { rows += try snapshot.rows(query) { $0.text(0) } }
            return rows
        }
    }

    private static let queries: [StaticString] = [
        "SELECT 'account ' || id || quote(alias) FROM iam_account ORDER BY 1",
        "SELECT 'user ' || account || name || path || id || quote(boundary) FROM iam_user ORDER BY 1",
        "SELECT 'group ' || account || name || path || id FROM iam_group ORDER BY 1",
        "SELECT 'member ' || group_id || user_id FROM iam_member ORDER BY 1",
        """
        SELECT 'role ' || account || name || path || id || quote(boundary) || trust || quote(description) || maximum_session
        FROM iam_role ORDER BY 1
        """,
        "SELECT 'policy ' || arn || id || quote(description) || default_version || last_version FROM iam_policy ORDER BY 1",
        "SELECT 'version ' || policy_id || number || document FROM iam_policy_version ORDER BY 1",
        "SELECT 'inline ' || owner || name || document FROM iam_inline_policy ORDER BY 1",
        "SELECT 'attachment ' || owner || policy_arn FROM iam_attachment ORDER BY 1",
        "SELECT 'tag ' || owner || key || value FROM iam_tag ORDER BY 1",
        "SELECT 'key ' || id || account || owner || hex(secret) || active FROM iam_access_key ORDER BY 1",
    ]
}
