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
    /// `s3_outgoing` has the contents that were deleted and whose parts are still to go; nothing of them but the parts is left.
    /// `s3_outgoing_bucket` has buckets that were deleted and whose uploads are still to end.
    ///
    /// `s3_lifecycle` has what a bucket does with its objects in time, and how far the day's walk over them has come.
    ///
    /// `s3_version` has the versions that no listing of objects shows: those behind the current one, and delete markers,
    /// which have no content. Places count down, so that of a key the newest comes first; `s3_place` has the last that a
    /// bucket gave.
    ///
    /// `s3_bucket_logging` outlives its bucket, until what was written of the last requests in `s3_log_record` is delivered;
    /// `pending` has their bytes, `ended` when logging was turned off. An inventory that is being written is `s3_inventory_run`,
    /// with the files that are there and the last version listed in them.
    /// An access point of an account that is not the bucket's outlives the bucket, and then leads nowhere.
    /// `s3_replication` has the rules of buckets that are replicated, `s3_replication_task` what is to be replicated still: of an
    /// object, its marker or a change of its tags, list or lock, to one destination each. `s3_replica` tells the places of
    /// versions whose ids do not: replicas, and what one was put behind.
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
                ALTER TABLE s3_bucket ADD COLUMN has_lifecycle INTEGER NOT NULL DEFAULT 0;
                CREATE TABLE s3_lifecycle (
                    bucket INTEGER PRIMARY KEY REFERENCES s3_bucket (id) ON DELETE CASCADE, day INTEGER,
                    stage INTEGER NOT NULL, key BLOB NOT NULL, place INTEGER NOT NULL, upload BLOB NOT NULL,
                    minimum INTEGER NOT NULL, rules TEXT NOT NULL
                ) STRICT;
                CREATE INDEX s3_lifecycle_by_pass ON s3_lifecycle (bucket, stage, day);
                """),
            Migration(
                8,
                """
                CREATE TABLE s3_bucket_logging (
                    bucket INTEGER PRIMARY KEY, name TEXT NOT NULL, account TEXT NOT NULL, location TEXT NOT NULL,
                    target TEXT NOT NULL, prefix TEXT NOT NULL, format INTEGER NOT NULL, grants TEXT,
                    pending INTEGER NOT NULL DEFAULT 0, ended INTEGER
                ) STRICT;
                CREATE TABLE s3_log_record (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, bucket INTEGER NOT NULL, received INTEGER NOT NULL,
                    line BLOB NOT NULL
                ) STRICT;
                CREATE INDEX s3_log_record_by_bucket ON s3_log_record (bucket, id);
                CREATE TABLE s3_inventory (
                    bucket INTEGER NOT NULL REFERENCES s3_bucket (id) ON DELETE CASCADE, id TEXT NOT NULL,
                    configuration TEXT NOT NULL, due INTEGER, PRIMARY KEY (bucket, id)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX s3_inventory_by_due ON s3_inventory (due) WHERE due IS NOT NULL;
                CREATE TABLE s3_inventory_run (
                    bucket INTEGER NOT NULL, id TEXT NOT NULL, started INTEGER NOT NULL, stage INTEGER NOT NULL,
                    key BLOB NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (bucket, id),
                    FOREIGN KEY (bucket, id) REFERENCES s3_inventory (bucket, id) ON DELETE CASCADE
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE s3_inventory_file (
                    bucket INTEGER NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL,
                    size INTEGER NOT NULL, md5 BLOB NOT NULL, PRIMARY KEY (bucket, id, number),
                    FOREIGN KEY (bucket, id) REFERENCES s3_inventory_run (bucket, id) ON DELETE CASCADE
                ) STRICT, WITHOUT ROWID;
                """),
            Migration(
                9,
                """
                CREATE TABLE s3_access_point (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL,
                    name TEXT NOT NULL, alias TEXT NOT NULL UNIQUE,
                    bucket INTEGER REFERENCES s3_bucket (id) ON DELETE SET NULL, bucket_name TEXT NOT NULL,
                    bucket_account TEXT NOT NULL, created INTEGER NOT NULL, public_access INTEGER NOT NULL, policy TEXT,
                    UNIQUE (account, name, region)
                ) STRICT;
                CREATE INDEX s3_access_point_by_bucket ON s3_access_point (bucket, account);
                CREATE TABLE s3_access_point_tag (
                    point INTEGER NOT NULL REFERENCES s3_access_point (id) ON DELETE CASCADE, name TEXT NOT NULL,
                    value TEXT NOT NULL, PRIMARY KEY (point, name)
                ) STRICT, WITHOUT ROWID;
                """),
            Migration(
                10,
                """
                ALTER TABLE s3_bucket ADD COLUMN replication INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE s3_content ADD COLUMN replication INTEGER;
                CREATE TABLE s3_replication (
                    bucket INTEGER PRIMARY KEY REFERENCES s3_bucket (id) ON DELETE CASCADE, rules TEXT NOT NULL
                ) STRICT;
                CREATE TABLE s3_replication_task (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    bucket INTEGER NOT NULL REFERENCES s3_bucket (id) ON DELETE CASCADE, key BLOB NOT NULL,
                    version BLOB NOT NULL, content INTEGER REFERENCES s3_content (id) ON DELETE CASCADE,
                    kind INTEGER NOT NULL, changes INTEGER NOT NULL, rule TEXT NOT NULL, destination TEXT NOT NULL,
                    due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
                ) STRICT;
                CREATE INDEX s3_replication_task_by_key ON s3_replication_task (bucket, key, destination, id);
                CREATE INDEX s3_replication_task_by_time ON s3_replication_task (bucket, due, id);
                CREATE INDEX s3_replication_task_by_content ON s3_replication_task (content);
                CREATE TABLE s3_replication_failure (
                    bucket INTEGER NOT NULL REFERENCES s3_bucket (id) ON DELETE CASCADE, rule TEXT NOT NULL,
                    reason TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (bucket, rule, reason)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE s3_replica (
                    bucket INTEGER NOT NULL REFERENCES s3_bucket (id) ON DELETE CASCADE, key BLOB NOT NULL,
                    version BLOB NOT NULL, place INTEGER NOT NULL, origin INTEGER, PRIMARY KEY (bucket, key, version)
                ) STRICT, WITHOUT ROWID;
                """),
            Migration(
                11,
                """
                ALTER TABLE s3_content ADD COLUMN redirect TEXT;
                CREATE TABLE s3_bucket_website (
                    bucket INTEGER PRIMARY KEY REFERENCES s3_bucket (id) ON DELETE CASCADE, site TEXT NOT NULL
                ) STRICT;
                """),
            // The former program does not know a hold that is the source's alone (`s3_lock.legal_hold` 2), and would take it for
            // none: it is to refuse this folder.
            Migration(12, "SELECT 12;"),
            // A bucket may be gone before its uploads.
            Migration(
                13,
                """
                CREATE TABLE s3_outgoing (
                    content INTEGER PRIMARY KEY REFERENCES s3_content (id) ON DELETE CASCADE
                ) STRICT;
                CREATE TABLE s3_outgoing_bucket (bucket INTEGER PRIMARY KEY) STRICT;
                CREATE TABLE s3_upload_13 (
                    content INTEGER PRIMARY KEY REFERENCES s3_content (id) ON DELETE CASCADE, id BLOB NOT NULL UNIQUE,
                    bucket INTEGER NOT NULL, key BLOB NOT NULL, initiated INTEGER NOT NULL,
                    initiator TEXT NOT NULL, algorithm INTEGER NOT NULL, is_composite INTEGER NOT NULL,
                    is_named INTEGER NOT NULL, asked TEXT, is_default INTEGER NOT NULL, is_complete INTEGER NOT NULL
                ) STRICT;
                INSERT INTO s3_upload_13
                    SELECT content, id, bucket, key, initiated, initiator, algorithm, is_composite, is_named, asked,
                        is_default, is_complete
                    FROM s3_upload;
                DROP TABLE s3_upload;
                ALTER TABLE s3_upload_13 RENAME TO s3_upload;
                CREATE INDEX s3_upload_by_key ON s3_upload (bucket, key, id) WHERE is_complete = 0;
                """),
        ])
}
