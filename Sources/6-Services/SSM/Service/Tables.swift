public import Storage

extension SSMService {
    /// Parameters, their versions, labels and tags.
    ///
    /// A version's value is plain text, or, of a SecureString, ciphertext alone: what KMS made of it, or a text under a data
    /// key that KMS encrypted.
    public static let schema = SchemaPart(
        "ssm",
        [
            Migration(
                1,
                """
                CREATE TABLE ssm_parameter (
                    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, tier TEXT NOT NULL,
                    version INTEGER NOT NULL,
                    PRIMARY KEY (account, region, name)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE ssm_version (
                    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
                    type TEXT NOT NULL, tier TEXT NOT NULL, data_type TEXT NOT NULL, description TEXT, pattern TEXT,
                    modified INTEGER NOT NULL, modified_by TEXT NOT NULL,
                    value TEXT, kms_key TEXT, data_key BLOB, sealed BLOB,
                    PRIMARY KEY (account, region, name, version)
                ) STRICT;
                CREATE TABLE ssm_label (
                    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, label TEXT NOT NULL,
                    version INTEGER NOT NULL,
                    PRIMARY KEY (account, region, name, label)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE ssm_tag (
                    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, tag TEXT NOT NULL,
                    value TEXT NOT NULL,
                    PRIMARY KEY (account, region, name, tag)
                ) STRICT, WITHOUT ROWID;
                """),
            // How many there are: counting them for each new one took longer with each.
            Migration(
                2,
                """
                CREATE TABLE ssm_parameter_count (
                    account TEXT NOT NULL, region TEXT NOT NULL, tier TEXT NOT NULL, parameters INTEGER NOT NULL,
                    PRIMARY KEY (account, region, tier)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO ssm_parameter_count
                    SELECT account, region, tier, count(*) FROM ssm_parameter GROUP BY account, region, tier;
                CREATE TRIGGER ssm_parameter_comes AFTER INSERT ON ssm_parameter BEGIN
                    INSERT INTO ssm_parameter_count VALUES (new.account, new.region, new.tier, 1)
                        ON CONFLICT (account, region, tier) DO UPDATE SET parameters = parameters + 1;
                END;
                CREATE TRIGGER ssm_parameter_goes AFTER DELETE ON ssm_parameter BEGIN
                    UPDATE ssm_parameter_count SET parameters = parameters - 1
                        WHERE account = old.account AND region = old.region AND tier = old.tier;
                END;
                CREATE TRIGGER ssm_parameter_rises AFTER UPDATE OF tier ON ssm_parameter WHEN new.tier <> old.tier BEGIN
                    UPDATE ssm_parameter_count SET parameters = parameters - 1
                        WHERE account = old.account AND region = old.region AND tier = old.tier;
                    INSERT INTO ssm_parameter_count VALUES (new.account, new.region, new.tier, 1)
                        ON CONFLICT (account, region, tier) DO UPDATE SET parameters = parameters + 1;
                END;
                """),
        ])
}
