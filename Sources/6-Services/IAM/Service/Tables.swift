public import Storage

extension IAMService {
    /// IAM's schema. Names are unique without regard to case, hence the lower-cased `name_key` columns.
    ///
    /// An `owner` column holds the unique id of a user, group, role or policy, so that a namesake of a deleted entity
    /// inherits nothing. Access keys of the root user have the account id as owner.
    public static let schema = SchemaPart(
        "iam",
        [
            Migration(
                1,
                """
                CREATE TABLE iam_account (
                    id TEXT PRIMARY KEY, alias TEXT UNIQUE, created INTEGER NOT NULL, users INTEGER NOT NULL DEFAULT 0
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_user (
                    account TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL,
                    id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, boundary TEXT,
                    PRIMARY KEY (account, name_key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_group (
                    account TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL,
                    id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,
                    PRIMARY KEY (account, name_key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_member (
                    group_id TEXT NOT NULL REFERENCES iam_group (id), user_id TEXT NOT NULL REFERENCES iam_user (id),
                    PRIMARY KEY (group_id, user_id)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_member_by_user ON iam_member (user_id, group_id);
                CREATE TABLE iam_role (
                    account TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL,
                    id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, boundary TEXT,
                    trust TEXT NOT NULL, description TEXT, maximum_session INTEGER NOT NULL,
                    PRIMARY KEY (account, name_key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_policy (
                    account TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL,
                    id TEXT NOT NULL UNIQUE, arn TEXT NOT NULL UNIQUE, description TEXT, created INTEGER NOT NULL,
                    updated INTEGER NOT NULL, default_version INTEGER NOT NULL, last_version INTEGER NOT NULL,
                    PRIMARY KEY (account, name_key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_policy_version (
                    policy_id TEXT NOT NULL REFERENCES iam_policy (id) ON DELETE CASCADE, number INTEGER NOT NULL,
                    document TEXT NOT NULL, created INTEGER NOT NULL,
                    PRIMARY KEY (policy_id, number)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_inline_policy (
                    owner TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
                    PRIMARY KEY (owner, name_key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_attachment (
                    owner TEXT NOT NULL, policy_arn TEXT NOT NULL,
                    PRIMARY KEY (owner, policy_arn)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_attachment_by_policy ON iam_attachment (policy_arn, owner);
                CREATE TABLE iam_tag (
                    owner TEXT NOT NULL, key_fold TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
                    PRIMARY KEY (owner, key_fold)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_access_key (
                    id TEXT PRIMARY KEY, account TEXT NOT NULL, owner TEXT NOT NULL, secret BLOB NOT NULL,
                    active INTEGER NOT NULL, created INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_access_key_by_owner ON iam_access_key (owner, id);
                """),
            // Kept with the account, as its users are: counting thousands for each new one would be most of the call.
            Migration(
                2,
                """
                ALTER TABLE iam_account ADD COLUMN groups INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE iam_account ADD COLUMN roles INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE iam_account ADD COLUMN policies INTEGER NOT NULL DEFAULT 0;
                UPDATE iam_account SET
                    groups = (SELECT count(*) FROM iam_group g WHERE g.account = iam_account.id),
                    roles = (SELECT count(*) FROM iam_role r WHERE r.account = iam_account.id),
                    policies = (SELECT count(*) FROM iam_policy p WHERE p.account = iam_account.id);
                """),
            // Root keys that a start has made, deleted ones too: no later start makes them again.
            Migration(
                3,
                """
                CREATE TABLE iam_founding_key (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
                INSERT INTO iam_founding_key (id) SELECT id FROM iam_access_key WHERE owner = account;
                """),
            // Each policy tells whom it bounds: without an index that reads every user.
            Migration(
                4,
                """
                CREATE INDEX iam_user_by_boundary ON iam_user (boundary, account) WHERE boundary IS NOT NULL;
                CREATE INDEX iam_role_by_boundary ON iam_role (boundary, account) WHERE boundary IS NOT NULL;
                """),
            // Only of users and roles are keys of tags compared without case: of all else `key_fold` is the key itself.
            Migration(
                5,
                """
                UPDATE iam_tag SET key_fold = key
                WHERE owner NOT IN (SELECT id FROM iam_user UNION ALL SELECT id FROM iam_role);
                """),
            // What is asked of each policy of a caller who was not there yet is in the index.
            Migration(
                6, "CREATE INDEX iam_policy_in_force ON iam_policy (arn, account, id, default_version, name)"),
        ])
}
