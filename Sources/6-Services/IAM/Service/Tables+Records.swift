public import Storage

extension IAMService {
    /// Credentials other than access keys and passwords, and what is known of how credentials and rights are used.
    ///
    /// An `owner` is the unique id of a user or role, or the account id for the root user. `iam_access_use` has a row for
    /// each action that an owner ever called, with the last time and Region; the action is empty for data events, which
    /// count for their service only.
    public static let recordsSchema = SchemaPart(
        "iam-records",
        [
            Migration(
                1,
                """
                CREATE TABLE iam_ssh_key (
                    id TEXT PRIMARY KEY, owner TEXT NOT NULL, key BLOB NOT NULL, active INTEGER NOT NULL,
                    uploaded INTEGER NOT NULL, UNIQUE (owner, key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_signing_certificate (
                    id TEXT PRIMARY KEY, account TEXT NOT NULL, owner TEXT NOT NULL, body TEXT NOT NULL,
                    digest BLOB NOT NULL, active INTEGER NOT NULL, uploaded INTEGER NOT NULL, UNIQUE (account, digest)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_signing_certificate_by_owner ON iam_signing_certificate (owner, id);
                CREATE TABLE iam_server_certificate (
                    account TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL,
                    id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, chain TEXT, private_key BLOB NOT NULL,
                    uploaded INTEGER NOT NULL, expires INTEGER NOT NULL,
                    PRIMARY KEY (account, name_key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_service_credential (
                    id TEXT PRIMARY KEY, account TEXT NOT NULL, owner TEXT NOT NULL, service TEXT NOT NULL,
                    user_name TEXT NOT NULL, digest BLOB NOT NULL, active INTEGER NOT NULL, created INTEGER NOT NULL,
                    expires INTEGER
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_service_credential_by_owner ON iam_service_credential (owner, id);
                CREATE INDEX iam_service_credential_by_account ON iam_service_credential (account, id);
                CREATE TABLE iam_access_use (
                    owner TEXT NOT NULL, service TEXT NOT NULL, action TEXT NOT NULL, time INTEGER NOT NULL,
                    region TEXT NOT NULL,
                    PRIMARY KEY (owner, service, action)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_key_use (
                    key TEXT PRIMARY KEY, time INTEGER NOT NULL, region TEXT NOT NULL, service TEXT NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_access_cursor (
                    id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE iam_access_job (
                    id TEXT PRIMARY KEY, account TEXT NOT NULL, caller TEXT NOT NULL, target TEXT NOT NULL,
                    by_action INTEGER NOT NULL, started INTEGER NOT NULL, completed INTEGER NOT NULL,
                    services TEXT NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_access_job_by_age ON iam_access_job (account, started);
                CREATE TABLE iam_credential_report (
                    account TEXT PRIMARY KEY, number INTEGER NOT NULL, started INTEGER NOT NULL, completed INTEGER,
                    after TEXT NOT NULL, parts INTEGER NOT NULL, done INTEGER
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_credential_report_part (
                    account TEXT NOT NULL, number INTEGER NOT NULL, part INTEGER NOT NULL, rows BLOB NOT NULL,
                    PRIMARY KEY (account, number, part)
                ) STRICT;
                """),
            // Rows that were written after their owner, or their key, was deleted.
            Migration(
                2,
                """
                DELETE FROM iam_access_use WHERE owner NOT IN (
                    SELECT id FROM iam_user UNION ALL SELECT id FROM iam_role UNION ALL SELECT id FROM iam_account);
                DELETE FROM iam_key_use WHERE key NOT IN (SELECT id FROM iam_access_key);
                """),
            // Two accounts may have the same certificate, whose id is made of it. Names of credentials are looked up.
            Migration(
                3,
                """
                CREATE TABLE iam_signing_certificate_3 (
                    account TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, body TEXT NOT NULL,
                    digest BLOB NOT NULL, active INTEGER NOT NULL, uploaded INTEGER NOT NULL,
                    PRIMARY KEY (account, id), UNIQUE (account, digest)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO iam_signing_certificate_3 (account, id, owner, body, digest, active, uploaded)
                    SELECT account, id, owner, body, digest, active, uploaded FROM iam_signing_certificate;
                DROP TABLE iam_signing_certificate;
                ALTER TABLE iam_signing_certificate_3 RENAME TO iam_signing_certificate;
                CREATE INDEX iam_signing_certificate_by_owner ON iam_signing_certificate (owner, id);
                CREATE INDEX iam_service_credential_by_name ON iam_service_credential (account, service, user_name);
                """),
        ])
}
