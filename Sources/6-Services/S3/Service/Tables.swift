public import Storage

extension S3Service {
    /// S3's schema. Keys are bytes, compared as bytes: the order in which S3 lists them.
    ///
    /// What a listing shows lies in `s3_object`; what only a GET or HEAD shows, and the reference to the content, lies in
    /// `s3_content`, so that listings read small rows; each content has one object, and both go in one transaction. `blob` is
    /// the content's file, null where it has none. `data_key` is the key that KMS made for the content, encrypted; of a
    /// customer's key there is a derivation to compare with. A content made of parts has them in `s3_part` and tells their
    /// numbers and sizes in `parts`; its upload has a row in `s3_upload`, as long as it goes on and while the object that it
    /// became is there, so that completing it again can be told from completing what never was. Tags, locks, access
    /// control lists, and owners that are not the bucket's, go with the content that has them; a bucket's tags with the bucket.
    ///
    /// `s3_version` has the versions that no listing of objects shows: those behind the current one, and delete markers,
    /// which have no content. Places count down, so that of a key the newest comes first; `s3_place` has the last that a
    /// bucket gave.
    public static let schema = SchemaPart(
        "s3",
        [
            Migration(
                1,
                """
                CREATE TABLE s3_bucket (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, account TEXT NOT NULL,
                    location TEXT NOT NULL, created INTEGER NOT NULL, policy TEXT, public_access INTEGER
                ) STRICT;
                CREATE INDEX s3_bucket_by_account ON s3_bucket (account, name);
                CREATE TABLE s3_account (
                    account TEXT PRIMARY KEY, public_access INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE s3_content (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB, reference BLOB NOT NULL, checksum BLOB NOT NULL,
                    content_type TEXT NOT NULL, content_encoding TEXT, content_disposition TEXT, content_language TEXT,
                    cache_control TEXT, expires TEXT, metadata TEXT
                ) STRICT;
                CREATE UNIQUE INDEX s3_content_by_blob ON s3_content (blob) WHERE blob IS NOT NULL;
                CREATE TABLE s3_object (
                    bucket INTEGER NOT NULL REFERENCES s3_bucket (id), key BLOB NOT NULL, etag BLOB NOT NULL,
                    size INTEGER NOT NULL, modified INTEGER NOT NULL, algorithm INTEGER NOT NULL,
                    content INTEGER NOT NULL,
                    PRIMARY KEY (bucket, key)
                ) STRICT, WITHOUT ROWID;
                """),
            Migration(
                2,
                """
                ALTER TABLE s3_bucket ADD COLUMN encryption INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE s3_bucket ADD COLUMN kms_key TEXT;
                ALTER TABLE s3_bucket ADD COLUMN bucket_key INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE s3_bucket ADD COLUMN blocks_customer_keys INTEGER NOT NULL DEFAULT 1;
                ALTER TABLE s3_content ADD COLUMN encryption INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE s3_content ADD COLUMN kms_key TEXT;
                ALTER TABLE s3_content ADD COLUMN data_key BLOB;
                ALTER TABLE s3_content ADD COLUMN context TEXT;
                ALTER TABLE s3_content ADD COLUMN bucket_key INTEGER;
                ALTER TABLE s3_content ADD COLUMN salt BLOB;
                ALTER TABLE s3_content ADD COLUMN key_check BLOB;
                """),
            Migration(
                3,
                """
                CREATE TABLE s3_object_tag (
                    content INTEGER NOT NULL REFERENCES s3_content (id) ON DELETE CASCADE, name TEXT NOT NULL,
                    value TEXT NOT NULL, PRIMARY KEY (content, name)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE s3_bucket_tag (
                    bucket INTEGER NOT NULL REFERENCES s3_bucket (id) ON DELETE CASCADE, name TEXT NOT NULL,
                    value TEXT NOT NULL, PRIMARY KEY (bucket, name)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE s3_bucket_cors (
                    bucket INTEGER PRIMARY KEY REFERENCES s3_bucket (id) ON DELETE CASCADE, rules TEXT NOT NULL
                ) STRICT;
                """),
            Migration(
                4,
                """
                ALTER TABLE s3_bucket ADD COLUMN versioning INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE s3_bucket ADD COLUMN mfa_delete INTEGER;
                ALTER TABLE s3_bucket ADD COLUMN object_lock INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE s3_bucket ADD COLUMN lock_mode INTEGER;
                ALTER TABLE s3_bucket ADD COLUMN lock_days INTEGER;
                ALTER TABLE s3_bucket ADD COLUMN lock_years INTEGER;
                ALTER TABLE s3_object ADD COLUMN version BLOB;
                ALTER TABLE s3_object ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
                CREATE TABLE s3_version (
                    bucket INTEGER NOT NULL REFERENCES s3_bucket (id), key BLOB NOT NULL, place INTEGER NOT NULL,
                    version BLOB, etag BLOB, size INTEGER, modified INTEGER NOT NULL, algorithm INTEGER,
                    content INTEGER,
                    PRIMARY KEY (bucket, key, place)
                ) STRICT, WITHOUT ROWID;
                CREATE UNIQUE INDEX s3_version_null ON s3_version (bucket, key) WHERE version IS NULL;
                CREATE TABLE s3_place (
                    bucket INTEGER PRIMARY KEY REFERENCES s3_bucket (id) ON DELETE CASCADE, last INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE s3_lock (
                    content INTEGER PRIMARY KEY REFERENCES s3_content (id) ON DELETE CASCADE, mode INTEGER,
                    retain_until INTEGER, legal_hold INTEGER
                ) STRICT;
                """),
            Migration(
                5,
                """
                ALTER TABLE s3_content ADD COLUMN parts BLOB;
                CREATE TABLE s3_part (
                    content INTEGER NOT NULL REFERENCES s3_content (id) ON DELETE CASCADE, number INTEGER NOT NULL,
                    blob BLOB, reference BLOB NOT NULL, etag BLOB NOT NULL, checksum BLOB NOT NULL,
                    sent_algorithm INTEGER, sent_checksum BLOB, modified INTEGER NOT NULL,
                    PRIMARY KEY (content, number)
                ) STRICT, WITHOUT ROWID;
                CREATE UNIQUE INDEX s3_part_by_blob ON s3_part (blob) WHERE blob IS NOT NULL;
                CREATE TABLE s3_upload (
                    content INTEGER PRIMARY KEY REFERENCES s3_content (id) ON DELETE CASCADE, id BLOB NOT NULL UNIQUE,
                    bucket INTEGER NOT NULL REFERENCES s3_bucket (id), key BLOB NOT NULL, initiated INTEGER NOT NULL,
                    initiator TEXT NOT NULL, algorithm INTEGER NOT NULL, is_composite INTEGER NOT NULL,
                    is_named INTEGER NOT NULL, asked TEXT, is_default INTEGER NOT NULL, is_complete INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX s3_upload_by_key ON s3_upload (bucket, key, id) WHERE is_complete = 0;
                """),
            Migration(
                6,
                """
                ALTER TABLE s3_bucket ADD COLUMN ownership INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE s3_bucket ADD COLUMN acl TEXT;
                CREATE TABLE s3_object_acl (
                    content INTEGER PRIMARY KEY REFERENCES s3_content (id) ON DELETE CASCADE, owner TEXT, acl TEXT
                ) STRICT;
                """),
            Migration(
                7,
                """
                ALTER TABLE s3_content ADD COLUMN redirect TEXT;
                CREATE TABLE s3_bucket_website (
                    bucket INTEGER PRIMARY KEY REFERENCES s3_bucket (id) ON DELETE CASCADE, site TEXT NOT NULL
                ) STRICT;
                """),
        ])
}
