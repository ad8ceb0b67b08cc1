public import Storage

extension SigninService {
    /// Sessions and everything that is good once. Secrets are kept as hashes; what must be read again is sealed.
    public static let schema = SchemaPart(
        "signin",
        [
            Migration(
                1,
                """
                CREATE TABLE signin_session (
                    id BLOB PRIMARY KEY, account TEXT NOT NULL, owner TEXT NOT NULL, version INTEGER NOT NULL,
                    created INTEGER NOT NULL, expires INTEGER NOT NULL, mfa INTEGER, agent BLOB NOT NULL, grant BLOB
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX signin_session_by_expiry ON signin_session (expires);
                CREATE TABLE signin_ticket (
                    id BLOB PRIMARY KEY, kind TEXT NOT NULL, content BLOB NOT NULL, expires INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX signin_ticket_by_expiry ON signin_ticket (expires);
                CREATE TABLE signin_known (
                    owner TEXT NOT NULL, address TEXT NOT NULL, last INTEGER NOT NULL,
                    PRIMARY KEY (owner, address)
                ) STRICT, WITHOUT ROWID;
                """),
            Migration(2, "CREATE INDEX signin_known_by_age ON signin_known (last);"),
        ])
}
