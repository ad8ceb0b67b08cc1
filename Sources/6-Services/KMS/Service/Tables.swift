public import Storage

extension KMSService {
    /// KMS's schema.
    ///
    /// A multi-Region key has a row in each of its Regions, and its material once: material belongs to the account and the
    /// key's id. Material that is imported and waits for its rotation has `pending` 1; taken back before, it has 2, and is
    /// left for its number alone. Of imported material a keyed digest stays when it is deleted, by which the same material is
    /// known again. Material goes when the last Region's key goes.
    ///
    /// Grants name users and roles by their unique ids where there is one, so that a namesake gains nothing, and go with
    /// their key. What a grant gives is one text, `rights`: the grants of one grantee that give the same are, for a
    /// decision, one. `bound` is the encryption context that they are bound to, in the order of `GrantContexts`: a call looks
    /// only at those that it meets.
    public static let schema = SchemaPart(
        "kms",
        [
            Migration(
                1,
                """
                CREATE TABLE kms_key (
                    account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, spec TEXT NOT NULL,
                    usage TEXT NOT NULL, origin TEXT NOT NULL, manager TEXT NOT NULL, description TEXT NOT NULL,
                    created INTEGER NOT NULL, enabled INTEGER NOT NULL, policy TEXT NOT NULL,
                    deletion INTEGER, window INTEGER, primary_region TEXT, store TEXT,
                    rotation_period INTEGER, rotation_next INTEGER, grants INTEGER NOT NULL DEFAULT 0,
                    PRIMARY KEY (account, region, id)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX kms_key_by_id ON kms_key (account, id);
                CREATE INDEX kms_key_by_deletion ON kms_key (deletion) WHERE deletion IS NOT NULL;
                CREATE INDEX kms_key_by_rotation ON kms_key (rotation_next) WHERE rotation_next IS NOT NULL;
                CREATE TABLE kms_material (
                    account TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL,
                    wrapped BLOB, public BLOB, created INTEGER NOT NULL, rotation TEXT, description TEXT,
                    pending INTEGER NOT NULL DEFAULT 0, digest BLOB, digest_key BLOB,
                    PRIMARY KEY (account, key, number)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE kms_import (
                    account TEXT NOT NULL, region TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL,
                    expires INTEGER,
                    PRIMARY KEY (account, region, key, number)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX kms_import_by_expiry ON kms_import (expires) WHERE expires IS NOT NULL;
                CREATE TABLE kms_alias (
                    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL,
                    created INTEGER NOT NULL, updated INTEGER NOT NULL,
                    PRIMARY KEY (account, region, name)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX kms_alias_by_key ON kms_alias (account, region, key, name);
                CREATE TABLE kms_tag (
                    account TEXT NOT NULL, region TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
                    value TEXT NOT NULL,
                    PRIMARY KEY (account, region, key, name)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE kms_grant (
                    account TEXT NOT NULL, region TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL,
                    grantee TEXT NOT NULL, grantee_name TEXT NOT NULL, retiring TEXT, retiring_name TEXT,
                    rights TEXT NOT NULL, name TEXT, secret BLOB NOT NULL, created INTEGER NOT NULL,
                    PRIMARY KEY (account, region, key, id)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX kms_grant_by_grantee ON kms_grant (account, region, key, grantee, rights);
                CREATE INDEX kms_grant_by_name ON kms_grant (account, region, key, name) WHERE name IS NOT NULL;
                CREATE INDEX kms_grant_by_retiring ON kms_grant (retiring, region, id) WHERE retiring IS NOT NULL;
                CREATE UNIQUE INDEX kms_grant_by_id ON kms_grant (id);
                CREATE TABLE kms_store (
                    account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
                    cluster TEXT NOT NULL, anchor TEXT NOT NULL, state TEXT NOT NULL, failure TEXT,
                    created INTEGER NOT NULL,
                    PRIMARY KEY (account, region, id), UNIQUE (account, region, name)
                ) STRICT, WITHOUT ROWID;
                """),
            // To count an account's keys against its quota.
            Migration(
                2,
                "CREATE INDEX kms_key_by_customer ON kms_key (account, region) WHERE manager = 'CUSTOMER'"),
            // Whether each text has a key of its own. Material that was there before goes on as it is.
            Migration(3, "ALTER TABLE kms_material ADD COLUMN derives INTEGER NOT NULL DEFAULT 0"),
            Migration(
                4,
                """
                ALTER TABLE kms_grant ADD COLUMN bound TEXT NOT NULL DEFAULT '';
                UPDATE kms_grant SET bound = coalesce(
                    (SELECT value FROM json_each(rights, '$.equals')
                        ORDER BY length(CAST(value AS BLOB)) DESC, value DESC LIMIT 1),
                    (SELECT value FROM json_each(rights, '$.subset')
                        ORDER BY length(CAST(value AS BLOB)) DESC, value DESC LIMIT 1),
                    '');
                CREATE INDEX kms_grant_by_bound ON kms_grant (account, region, key, grantee, bound, rights);
                """),
            // How many keys of customers there are: counting them for each new one took longer with each.
            Migration(
                5,
                """
                DROP INDEX kms_key_by_customer;
                CREATE TABLE kms_key_count (
                    account TEXT NOT NULL, region TEXT NOT NULL, keys INTEGER NOT NULL,
                    PRIMARY KEY (account, region)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO kms_key_count
                    SELECT account, region, count(*) FROM kms_key WHERE manager = 'CUSTOMER' GROUP BY account, region;
                CREATE TRIGGER kms_key_comes AFTER INSERT ON kms_key WHEN new.manager = 'CUSTOMER' BEGIN
                    INSERT INTO kms_key_count VALUES (new.account, new.region, 1)
                        ON CONFLICT (account, region) DO UPDATE SET keys = keys + 1;
                END;
                CREATE TRIGGER kms_key_goes AFTER DELETE ON kms_key WHEN old.manager = 'CUSTOMER' BEGIN
                    UPDATE kms_key_count SET keys = keys - 1 WHERE account = old.account AND region = old.region;
                END;
                """),
            // Sealed. Null of stores from before: they are given theirs by UpdateCustomKeyStore.
            Migration(6, "ALTER TABLE kms_store ADD COLUMN password BLOB"),
            // DescribeKey asks for no encryption context, so grants are looked for whatever they are bound to: only among those
            // that give it. What else is called is looked for by `bound`.
            Migration(
                7,
                """
                DROP INDEX kms_grant_by_grantee;
                CREATE INDEX kms_grant_describing ON kms_grant (account, region, key, grantee, rights)
                    WHERE instr(rights, '"DescribeKey"') > 0;
                """),
            // The fourth step read JSON with SQLite, which before 3.45 ends a text at an escaped NUL: such grants lay under a
            // value that no call looks for. The escapes of `\` and NUL are read here as two characters that no text is to have,
            // and grants that have these stay as they are.
            Migration(
                8,
                #"""
                UPDATE kms_grant SET bound = coalesce(
                    (SELECT bound FROM (
                        SELECT replace(replace(value, char(64976), '\'), char(64977), char(0)) AS bound FROM json_each(
                            replace(replace(rights, '\\', '\ufdd0'), '\u0000', '\ufdd1'), '$.equals'))
                        ORDER BY length(CAST(bound AS BLOB)) DESC, bound DESC LIMIT 1),
                    (SELECT bound FROM (
                        SELECT replace(replace(value, char(64976), '\'), char(64977), char(0)) AS bound FROM json_each(
                            replace(replace(rights, '\\', '\ufdd0'), '\u0000', '\ufdd1'), '$.subset'))
                        ORDER BY length(CAST(bound AS BLOB)) DESC, bound DESC LIMIT 1),
                    '')
                WHERE instr(rights, '\u0000') > 0 AND instr(rights, char(64976)) = 0 AND instr(rights, char(64977)) = 0;
                """#),
            // Grants of one holder that shared their longest value were looked through one by one. `bound` is the whole context
            // now, as `GrantContexts` has it; where SQLite may read a name otherwise than the program does, without that pair,
            // and where there is a NUL, without any. Those that only a context names DescribeKey do not give it.
            Migration(
                9,
                #"""
                UPDATE kms_grant SET bound = iif(instr(rights, '\u0000') > 0, '', coalesce((
                    SELECT iif(min(plain) OVER whole AND json_type(rights, '$.equals') = 'object', '~', '')
                        || coalesce(group_concat(iif(plain, pair, NULL), '') OVER whole, '')
                    FROM (
                        SELECT DISTINCT key NOT GLOB ('*[' || char(8490, 92, 34) || ']*') AS plain,
                            iif(key GLOB '*[^ -~]*', '', lower(hex(lower(key)))) || ':' || lower(hex(value)) || ';' AS pair
                        FROM json_each(rights, iif(json_type(rights, '$.equals') = 'object', '$.equals', '$.subset')))
                    WINDOW whole AS (ORDER BY pair ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
                    LIMIT 1), ''));
                DROP INDEX kms_grant_describing;
                CREATE INDEX kms_grant_describing ON kms_grant (account, region, key, grantee, rights)
                    WHERE instr(substr(rights, 1, instr(rights, ']')), '"DescribeKey"') > 0;
                """#),
            // To find the grant of a name, and to list those of a grantee, without a look at all that the key has.
            Migration(
                10,
                """
                DROP INDEX kms_grant_by_name;
                CREATE INDEX kms_grant_by_name ON kms_grant (account, region, key, name, grantee, retiring, rights)
                    WHERE name IS NOT NULL;
                CREATE INDEX kms_grant_by_grantee ON kms_grant (account, region, key, grantee, id);
                """),
        ])
}
