public import Storage

extension SecretsManagerService {
    /// Secrets, their versions and what belongs to them.
    ///
    /// A value is stored as ciphertext only. Each has a data key of its own, itself encrypted under a key of KMS. A version
    /// whose secret was given another key has a text under each of both, the newer with the higher number.
    ///
    /// A secret whose time is over counts as gone, though its rows are still there until they are removed.
    public static let schema = SchemaPart(
        "secretsmanager",
        [
            Migration(
                1,
                """
                CREATE TABLE secret (
                    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, suffix TEXT NOT NULL,
                    description TEXT, kms_key TEXT, policy TEXT, created INTEGER NOT NULL,
                    changed INTEGER NOT NULL, accessed INTEGER, deletion INTEGER,
                    PRIMARY KEY (account, region, name)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX secret_by_deletion ON secret (deletion) WHERE deletion IS NOT NULL;
                CREATE TABLE secret_version (
                    account TEXT NOT NULL, region TEXT NOT NULL, secret TEXT NOT NULL, id TEXT NOT NULL,
                    created INTEGER NOT NULL, binary INTEGER NOT NULL,
                    PRIMARY KEY (account, region, secret, id)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE secret_text (
                    account TEXT NOT NULL, region TEXT NOT NULL, secret TEXT NOT NULL, version TEXT NOT NULL,
                    number INTEGER NOT NULL, kms_key TEXT NOT NULL, data_key BLOB NOT NULL, sealed BLOB NOT NULL,
                    PRIMARY KEY (account, region, secret, version, number)
                ) STRICT;
                CREATE TABLE secret_stage (
                    account TEXT NOT NULL, region TEXT NOT NULL, secret TEXT NOT NULL, stage TEXT NOT NULL,
                    version TEXT NOT NULL,
                    PRIMARY KEY (account, region, secret, stage)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE secret_tag (
                    account TEXT NOT NULL, region TEXT NOT NULL, secret TEXT NOT NULL, name TEXT NOT NULL,
                    value TEXT NOT NULL,
                    PRIMARY KEY (account, region, secret, name)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE secret_read_cursor (
                    id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL
                ) STRICT;
                """),
            // The orders of lists.
            Migration(
                2,
                """
                CREATE INDEX secret_by_created ON secret (account, region, created, name, deletion);
                CREATE INDEX secret_by_changed ON secret (account, region, changed, name, deletion);
                CREATE INDEX secret_by_accessed ON secret (account, region, coalesce(accessed, 0), name, deletion);
                """),
            // How many there are: counting them for each new one took longer with each.
            Migration(
                3,
                """
                CREATE TABLE secret_count (
                    account TEXT NOT NULL, region TEXT NOT NULL, secrets INTEGER NOT NULL,
                    PRIMARY KEY (account, region)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO secret_count SELECT account, region, count(*) FROM secret GROUP BY account, region;
                CREATE TRIGGER secret_comes AFTER INSERT ON secret BEGIN
                    INSERT INTO secret_count VALUES (new.account, new.region, 1)
                        ON CONFLICT (account, region) DO UPDATE SET secrets = secrets + 1;
                END;
                CREATE TRIGGER secret_goes AFTER DELETE ON secret BEGIN
                    UPDATE secret_count SET secrets = secrets - 1 WHERE account = old.account AND region = old.region;
                END;
                """),
            // Whether it ever had tags: one that has none any more is told apart. Of those from before only what they have
            // is known.
            Migration(
                4,
                """
                ALTER TABLE secret ADD COLUMN tagged INTEGER NOT NULL DEFAULT 0;
                UPDATE secret SET tagged = 1 WHERE EXISTS (
                    SELECT 1 FROM secret_tag t
                    WHERE t.account = secret.account AND t.region = secret.region AND t.secret = secret.name);
                """),
        ])
}
