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
                """),
            // An account has one analyzer of external access in a Region.
            Migration(
                2,
                """
                CREATE TABLE access_analyzer (
                    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
                    token TEXT, request TEXT NOT NULL, last_resource TEXT, last_analyzed INTEGER,
                    PRIMARY KEY (account, region)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE access_analyzer_tag (
                    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
                    PRIMARY KEY (account, region, name),
                    FOREIGN KEY (account, region) REFERENCES access_analyzer (account, region) ON DELETE CASCADE
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE access_analyzer_rule (
                    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, filter TEXT NOT NULL,
                    created INTEGER NOT NULL, updated INTEGER NOT NULL, token TEXT,
                    PRIMARY KEY (account, region, name),
                    FOREIGN KEY (account, region) REFERENCES access_analyzer (account, region) ON DELETE CASCADE
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE access_analyzer_resource (
                    account TEXT NOT NULL, region TEXT NOT NULL, arn TEXT NOT NULL, type TEXT NOT NULL,
                    digest TEXT NOT NULL, created INTEGER NOT NULL, analyzed INTEGER NOT NULL, updated INTEGER NOT NULL,
                    PRIMARY KEY (account, region, arn),
                    FOREIGN KEY (account, region) REFERENCES access_analyzer (account, region) ON DELETE CASCADE
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE access_analyzer_finding (
                    account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, resource TEXT NOT NULL,
                    type TEXT NOT NULL, identity TEXT NOT NULL, access TEXT NOT NULL, status INTEGER NOT NULL,
                    created INTEGER NOT NULL, analyzed INTEGER NOT NULL, updated INTEGER NOT NULL,
                    PRIMARY KEY (account, region, id), UNIQUE (account, region, resource, identity),
                    FOREIGN KEY (account, region) REFERENCES access_analyzer (account, region) ON DELETE CASCADE
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX access_analyzer_finding_by_resolution ON access_analyzer_finding (updated)
                    WHERE status = 2;
                """),
            // Archive rules that are being applied.
            Migration(
                3,
                """
                CREATE TABLE access_analyzer_application (
                    account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, filter TEXT NOT NULL,
                    began INTEGER NOT NULL, position TEXT NOT NULL,
                    PRIMARY KEY (account, region, id),
                    FOREIGN KEY (account, region) REFERENCES access_analyzer (account, region) ON DELETE CASCADE
                ) STRICT, WITHOUT ROWID;
                """),
        ])
}
