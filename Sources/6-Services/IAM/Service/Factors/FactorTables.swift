public import Storage

extension IAMService {
    /// The schema of second factors. Times are milliseconds.
    ///
    /// A device that is in use has an `owner`: the unique id of a user, or the account id for root. Hardware tokens belong
    /// to no account until somebody enables them. `used` is the last step whose code was taken, `drift` how many steps the
    /// device's clock was ahead then; both stay when the device changes hands, so that no code is ever taken twice.
    public static let factorSchema = SchemaPart(
        "iam-factors",
        [
            Migration(
                1,
                """
                CREATE TABLE iam_mfa_device (
                    serial TEXT PRIMARY KEY, kind TEXT NOT NULL, account TEXT, id TEXT NOT NULL UNIQUE, owner TEXT,
                    enabled INTEGER, seed BLOB, drift INTEGER NOT NULL DEFAULT 0, used INTEGER NOT NULL DEFAULT 0
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_mfa_device_by_owner ON iam_mfa_device (owner, serial) WHERE owner IS NOT NULL;
                CREATE INDEX iam_mfa_device_by_account ON iam_mfa_device (account, kind, serial)
                    WHERE account IS NOT NULL;
                CREATE TABLE iam_factor_attempt (
                    owner TEXT PRIMARY KEY, failures INTEGER NOT NULL, locked_until INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                """),
            // Challenges are kept when they were used, as long as they would be good.
            Migration(
                2,
                """
                CREATE TABLE iam_security_key (
                    id BLOB PRIMARY KEY, serial TEXT NOT NULL UNIQUE REFERENCES iam_mfa_device (serial) ON DELETE CASCADE,
                    host TEXT NOT NULL, algorithm INTEGER NOT NULL, public_key BLOB NOT NULL, counter INTEGER NOT NULL,
                    model BLOB NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_key_challenge (hash BLOB PRIMARY KEY, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_key_challenge_by_end ON iam_key_challenge (expires);
                """),
            // Wrong codes are counted by where they come from: what was locked stays so on both ways.
            Migration(
                3,
                """
                CREATE TABLE iam_factor_lock (
                    owner TEXT NOT NULL, way TEXT NOT NULL, address TEXT NOT NULL, failures INTEGER NOT NULL,
                    locked_until INTEGER NOT NULL, PRIMARY KEY (owner, way, address)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO iam_factor_lock (owner, way, address, failures, locked_until)
                    SELECT owner, 'call', '', failures, locked_until FROM iam_factor_attempt
                    UNION ALL SELECT owner, 'console', '', failures, locked_until FROM iam_factor_attempt;
                DROP TABLE iam_factor_attempt;
                CREATE TABLE iam_factor_place (
                    owner TEXT NOT NULL, address TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (owner, address)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX iam_factor_place_by_age ON iam_factor_place (last);
                """),
        ])
}
