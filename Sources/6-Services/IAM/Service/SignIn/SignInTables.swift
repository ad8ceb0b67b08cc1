public import Storage

extension IAMService {
    /// What people sign in with. `owner` is a user's unique id, or the account id for the root user.
    ///
    /// Passwords are hashes, sealed by the vault besides: the database alone is no list to guess against.
    public static let signInSchema = SchemaPart(
        "iam-signin",
        [
            Migration(
                1,
                """
                CREATE TABLE iam_login_profile (
                    owner TEXT PRIMARY KEY, account TEXT NOT NULL, password BLOB NOT NULL, created INTEGER NOT NULL,
                    changed INTEGER NOT NULL, version INTEGER NOT NULL, reset_required INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_former_password (
                    owner TEXT NOT NULL REFERENCES iam_login_profile (owner) ON DELETE CASCADE, version INTEGER NOT NULL,
                    password BLOB NOT NULL,
                    PRIMARY KEY (owner, version)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_password_use (
                    owner TEXT PRIMARY KEY, last_used INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_password_policy (
                    account TEXT PRIMARY KEY, minimum_length INTEGER NOT NULL, symbols INTEGER NOT NULL,
                    numbers INTEGER NOT NULL, uppercase INTEGER NOT NULL, lowercase INTEGER NOT NULL,
                    allows_change INTEGER NOT NULL, maximum_age INTEGER, reuse INTEGER, hard_expiry INTEGER
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE iam_root_user (
                    account TEXT PRIMARY KEY, email TEXT NOT NULL, email_key TEXT NOT NULL UNIQUE, chosen BLOB
                ) STRICT, WITHOUT ROWID;
                """)
        ])
}
