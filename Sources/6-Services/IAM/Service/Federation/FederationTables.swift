public import Storage

extension IAMService {
    /// The schema of identity providers. An `id` is a provider's unique id, which is also the owner of its tags.
    public static let federationSchema = SchemaPart(
        "iam-federation",
        [
            Migration(
                1,
                """
                CREATE TABLE iam_oidc_provider (
                    account TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
                    created INTEGER NOT NULL, thumbprints TEXT NOT NULL,
                    PRIMARY KEY (account, name)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_oidc_client (
                    provider TEXT NOT NULL REFERENCES iam_oidc_provider (id) ON DELETE CASCADE, client TEXT NOT NULL,
                    PRIMARY KEY (provider, client)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_saml_provider (
                    account TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
                    created INTEGER NOT NULL, metadata TEXT NOT NULL, encryption TEXT, valid_until INTEGER NOT NULL,
                    PRIMARY KEY (account, name_key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_saml_key (
                    id TEXT PRIMARY KEY, provider TEXT NOT NULL REFERENCES iam_saml_provider (id) ON DELETE CASCADE,
                    sealed BLOB NOT NULL, created INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_saml_key_by_provider ON iam_saml_key (provider, created, id);
                CREATE TABLE iam_saml_assertion (
                    provider TEXT NOT NULL, id TEXT NOT NULL, expires INTEGER NOT NULL,
                    PRIMARY KEY (provider, id)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_saml_assertion_by_end ON iam_saml_assertion (expires);
                CREATE TABLE iam_outbound (
                    account TEXT PRIMARY KEY, issuer TEXT NOT NULL UNIQUE, is_enabled INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_outbound_key (
                    account TEXT NOT NULL REFERENCES iam_outbound (account), algorithm TEXT NOT NULL,
                    id TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL, public TEXT NOT NULL, created INTEGER NOT NULL,
                    PRIMARY KEY (account, algorithm)
                ) STRICT, WITHOUT ROWID;
                """),
            // By what was signed, whichever provider it was brought for: the same response may suit many.
            Migration(
                2,
                """
                DROP TABLE iam_saml_assertion;
                CREATE TABLE iam_saml_use (
                    digest BLOB PRIMARY KEY, expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_saml_use_by_end ON iam_saml_use (expires);
                """),
            // Clients are told in the order in which they were given; of those there are nobody knows it.
            Migration(
                3,
                """
                CREATE TABLE iam_oidc_client_3 (
                    position INTEGER PRIMARY KEY,
                    provider TEXT NOT NULL REFERENCES iam_oidc_provider (id) ON DELETE CASCADE, client TEXT NOT NULL,
                    UNIQUE (provider, client)
                ) STRICT;
                INSERT INTO iam_oidc_client_3 (provider, client)
                    SELECT provider, client FROM iam_oidc_client ORDER BY provider, client;
                DROP TABLE iam_oidc_client;
                ALTER TABLE iam_oidc_client_3 RENAME TO iam_oidc_client;
                """),
            // Megabytes, which nobody goes past to read what a provider is.
            Migration(
                4,
                """
                CREATE TABLE iam_saml_metadata (
                    provider TEXT NOT NULL PRIMARY KEY REFERENCES iam_saml_provider (id) ON DELETE CASCADE,
                    text TEXT NOT NULL
                ) STRICT;
                INSERT INTO iam_saml_metadata (provider, text) SELECT id, metadata FROM iam_saml_provider;
                ALTER TABLE iam_saml_provider DROP COLUMN metadata;
                """),
            // Which text a provider has, so that nobody reads it to learn that it is the one he knows.
            Migration(5, "ALTER TABLE iam_saml_provider ADD COLUMN document INTEGER NOT NULL DEFAULT 1"),
            // In small letters, as they are told; they were kept as they were given.
            Migration(6, "UPDATE iam_oidc_provider SET thumbprints = lower(thumbprints)"),
        ])
}
