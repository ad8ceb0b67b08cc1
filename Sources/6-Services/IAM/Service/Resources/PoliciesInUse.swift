import AWS
import Storage

/// How many managed policies an account uses: each that a user, group or role of it has or is bounded by, once, AWS's
/// included. It is what `PolicyVersionsInUse` counts, for of each policy one version is in force.
/// - Source: as captured from AWS in radkawar/stackd, `docs/iam-account-reporting.md`, commit 9dc356f.
enum PoliciesInUse {
    static func count(in account: AccountID, _ snapshot: borrowing Snapshot) throws -> Int {
        Int(try own(account, snapshot) + ofAWS(account, snapshot))
    }

    /// Nobody of another account has or is bounded by them.
    private static func own(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.number(
            """
            SELECT count(*) FROM iam_policy p WHERE p.account = ? AND (
                EXISTS (SELECT 1 FROM iam_attachment WHERE policy_arn = p.arn)
                OR EXISTS (SELECT 1 FROM iam_user WHERE boundary = p.arn)
                OR EXISTS (SELECT 1 FROM iam_role WHERE boundary = p.arn))
            """, .text(account.description))
    }

    /// From one to the next by the index: a policy may have a hundred thousand attachments.
    private static func ofAWS(_ account: AccountID, _ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.number(
            """
            WITH RECURSIVE attached (arn) AS (
                SELECT min(policy_arn) FROM iam_attachment
                    WHERE policy_arn > 'arn:aws:iam::aws:policy/' AND policy_arn < 'arn:aws:iam::aws:policy0'
                UNION ALL SELECT (SELECT min(policy_arn) FROM iam_attachment
                    WHERE policy_arn > attached.arn AND policy_arn < 'arn:aws:iam::aws:policy0')
                FROM attached WHERE attached.arn IS NOT NULL)
            SELECT count(*) FROM (
                SELECT arn FROM attached WHERE EXISTS (
                    SELECT 1 FROM iam_attachment a WHERE a.policy_arn = attached.arn AND (
                        EXISTS (SELECT 1 FROM iam_user WHERE id = a.owner AND account = ?1)
                        OR EXISTS (SELECT 1 FROM iam_group WHERE id = a.owner AND account = ?1)
                        OR EXISTS (SELECT 1 FROM iam_role WHERE id = a.owner AND account = ?1)))
                UNION SELECT boundary FROM iam_user WHERE account = ?1
                    AND boundary > 'arn:aws:iam::aws:policy/' AND boundary < 'arn:aws:iam::aws:policy0'
                UNION SELECT boundary FROM iam_role WHERE account = ?1
                    AND boundary > 'arn:aws:iam::aws:policy/' AND boundary < 'arn:aws:iam::aws:policy0')
            """, .text(account.description))
    }
}
