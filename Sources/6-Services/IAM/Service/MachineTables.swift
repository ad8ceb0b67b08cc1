public import Storage

extension IAMService {
    /// What roles for machines need: instance profiles, instances, and the deletion of service-linked roles.
    ///
    /// `role` columns hold the role's unique id. An instance's secret is kept as its SHA-256: it is random and long.
    public static let machineSchema = SchemaPart(
        "iam-machines",
        [
            Migration(
                1,
                """
                CREATE TABLE iam_instance_profile (
                    account TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL,
                    id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, role TEXT,
                    PRIMARY KEY (account, name_key)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_instance_profile_by_role ON iam_instance_profile (role, name_key);
                CREATE TABLE iam_instance (
                    id TEXT PRIMARY KEY, account TEXT NOT NULL, profile TEXT NOT NULL, region TEXT NOT NULL,
                    secret BLOB NOT NULL, created INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_instance_by_profile ON iam_instance (profile);
                CREATE TABLE iam_linked_role_deletion (
                    task TEXT PRIMARY KEY, account TEXT NOT NULL, role_arn TEXT NOT NULL, created INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                """)
        ])
}
