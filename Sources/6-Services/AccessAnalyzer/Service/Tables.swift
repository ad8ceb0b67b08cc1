public import Storage

extension AccessAnalyzerService {
    /// Access Analyzer's schema. Times are milliseconds.
    public static let schema = SchemaPart(
        "access-analyzer",
        [
            Migration(
                1,
                """
                CREATE TABLE access_analyzer_generation (
                    account TEXT NOT NULL, id TEXT NOT NULL, principal TEXT NOT NULL, token TEXT,
                    started INTEGER NOT NULL, completed INTEGER NOT NULL, error TEXT, message TEXT,
                    policies TEXT NOT NULL, is_complete INTEGER NOT NULL, is_canceled INTEGER NOT NULL DEFAULT 0,
                    PRIMARY KEY (account, id)
                ) STRICT, WITHOUT ROWID;
                CREATE UNIQUE INDEX access_analyzer_generation_by_token ON access_analyzer_generation (account, token)
                    WHERE token IS NOT NULL;
                """)
        ])
}
