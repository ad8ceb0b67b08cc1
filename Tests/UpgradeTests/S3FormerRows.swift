import Storage

@testable import S3Service

/// What S3 had before one of its migrations: as much of everything as it then knew.
///
/// Buckets: 1 `plain` and 2 `guarded` as the first version made them, 3 `empty` but for uploads, 4 `sealed`, 5 `kept` with
/// versions and 6 `paused` after them. Contents have the numbers of the rows that speak of them.
struct S3FormerRows {
    /// The migration that is to come.
    let number: Int

    static let versions = [-3, -2, -1].map { VersionID(at: $0) }
    static let uploads = (0..<3).map { [UInt8](repeating: 7, count: 23) + [UInt8($0)] }

    func fill(_ transaction: inout Transaction) throws {
        try fillFirst(&transaction)
        if number > 2 { try fillEncryption(&transaction) }
        if number > 3 { try fillTags(&transaction) }
        if number > 4 { try fillVersions(&transaction) }
        if number > 5 { try fillUploads(&transaction) }
        if number > 6 { try fillLists(&transaction) }
        if number > 7 { try fillLifecycle(&transaction) }
        if number > 8 { try fillReports(&transaction) }
        if number > 9 { try fillPoints(&transaction) }
        if number > 10 { try fillReplication(&transaction) }
        if number > 11 { try fillWebsite(&transaction) }
    }

    /// As former versions wrote references: without a check. - Parameter isFile: else the content lies in it.
    static func reference(_ number: Int, length: Int64, isFile: Bool = false) -> [UInt8] {
        let size = (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> (8 * Int64($0))) }
        let name = [UInt8](repeating: UInt8(number), count: 16)
        return [isFile ? 2 : 1] + name + size + (isFile ? [0, 1, 0, 0] : []) + [UInt8](repeating: 9, count: 40)
    }

    private func content(_ number: Int, length: Int64 = 3, isFile: Bool = false, _ transaction: inout Transaction)
        throws
    {
        try transaction.run(
            "INSERT INTO s3_content (id, blob, reference, checksum, content_type) VALUES (?, ?, ?, x'0a', 't')",
            .number(number), isFile ? .blob([UInt8](repeating: UInt8(number), count: 16)) : .null,
            .blob(S3FormerRows.reference(number, length: length, isFile: isFile)))
    }

    /// In a bucket without versions.
    private func object(
        _ key: [UInt8], in bucket: Int, _ content: Int, kind: Int64 = 1, _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO s3_object (bucket, key, etag, size, modified, algorithm, content) VALUES (?, ?, x'00', 3, 5000, ?, ?)
            """, .number(bucket), .blob(key), .int(kind), .number(content))
    }

    private func fillFirst(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO s3_bucket (id, name, account, location, created, policy, public_access) VALUES
                (1, 'plain', '111122223333', 'us-east-1', 0, NULL, NULL),
                (2, 'guarded', '444455556666', 'EU', 1, '{"Version":"2012-10-17","Statement":[]}', 15),
                (3, 'empty', '111122223333', 'us-west-2', 2, NULL, 5)
            """)
        try transaction.run("INSERT INTO s3_account VALUES ('444455556666', 4)")
        try content(1, &transaction)
        try content(2, length: 70_000, isFile: true, &transaction)
        try content(3, &transaction)
        try transaction.run(
            """
            UPDATE s3_content SET content_encoding = 'e', content_disposition = 'd', content_language = 'l',
                cache_control = 'c', expires = 'x', metadata = '{"k":"v"}' WHERE id = 2
            """)
        try object(Array("a".utf8), in: 1, 1, &transaction)
        try object([0xff, 0x00], in: 1, 2, &transaction)
        try object(Array("a".utf8), in: 2, 3, &transaction)
    }

    private func fillEncryption(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO s3_bucket (id, name, account, location, created, encryption, kms_key, bucket_key, blocks_customer_keys)
            VALUES (4, 'sealed', '111122223333', 'us-east-1', 3, 1, 'alias/k', 1, 0)
            """)
        try content(4, &transaction)
        try content(5, &transaction)
        try transaction.run(
            """
            UPDATE s3_content SET encryption = 1, kms_key = 'arn:k', data_key = x'01', context = '{"c":"d"}', bucket_key = 1
            WHERE id = 4
            """)
        try transaction.run("UPDATE s3_content SET encryption = 3, salt = x'02', key_check = x'03' WHERE id = 5")
        try object(Array("kms".utf8), in: 4, 4, &transaction)
        try object(Array("own".utf8), in: 4, 5, &transaction)
    }

    private func fillTags(_ transaction: inout Transaction) throws {
        try transaction.run("INSERT INTO s3_object_tag VALUES (1, 'A', 'x'), (1, 'a', ''), (3, 'b', 'y')")
        try transaction.run("INSERT INTO s3_bucket_tag VALUES (1, 'team', 'one'), (2, 'team', 'two')")
        try transaction.run(
            #"INSERT INTO s3_bucket_cors VALUES (1, '[{"AllowedMethod":["GET"],"AllowedOrigin":["*"]}]')"#)
    }

    private func fillVersions(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO s3_bucket
                (id, name, account, location, created, versioning, mfa_delete, object_lock, lock_mode, lock_days)
            VALUES (5, 'kept', '111122223333', 'us-east-1', 4, 1, 1, 1, 2, 30),
                (6, 'paused', '111122223333', 'us-east-1', 5, 2, NULL, 0, NULL, NULL)
            """)
        for number in 6...9 { try content(number, &transaction) }
        let ids = S3FormerRows.versions.map { SQLValue.blob($0.bytes) }
        try transaction.run(
            """
            INSERT INTO s3_object (bucket, key, etag, size, modified, algorithm, content, version, place)
            VALUES (5, x'76', x'00', 3, 9000, 1, 6, ?, -3), (6, x'76', x'00', 3, 9000, 1, 9, NULL, -1)
            """, ids[0])
        try transaction.run(
            """
            INSERT INTO s3_version (bucket, key, place, version, etag, size, modified, algorithm, content) VALUES
                (5, x'76', -2, ?, NULL, NULL, 8000, NULL, NULL), (5, x'76', -1, ?, x'00', 3, 7000, 1, 7),
                (5, x'76', 0, NULL, x'00', 3, 6000, 1, 8)
            """, ids[1], ids[2])
        try transaction.run("INSERT INTO s3_place VALUES (5, -3), (6, -1)")
        try transaction.run("INSERT INTO s3_lock VALUES (6, 2, 99000, NULL), (7, NULL, NULL, 1), (8, 1, 98000, 0)")
        if number > 12 { try transaction.run("UPDATE s3_lock SET legal_hold = 2 WHERE content = 7") }
    }

    /// One that is an object now, one that goes on, one without parts whose beginning said what it asked for.
    private func fillUploads(_ transaction: inout Transaction) throws {
        for number in 10...12 { try content(number, length: 0, &transaction) }
        for (content, number) in [(10, 1), (10, 3), (11, 1), (11, 10_000)] {
            try transaction.run(
                """
                INSERT INTO s3_part (content, number, blob, reference, etag, checksum, sent_algorithm, sent_checksum, modified)
                VALUES (?1, ?2, NULL, ?3, x'01', x'02', ?4, ?5, 7)
                """, .number(content), .number(number), .blob(S3FormerRows.reference(50, length: 4)),
                number == 3 ? .int(5) : .null, number == 3 ? .blob([3]) : .null)
        }
        try transaction.run(
            "UPDATE s3_content SET parts = ? WHERE id = 10", .blob(ContentLayout([(1, 4), (3, 4)]).encoded))
        try object(Array("joined".utf8), in: 1, 10, kind: StoredObject.compositeFlag | 1, &transaction)
        let ids = S3FormerRows.uploads.map { SQLValue.blob($0) }
        try transaction.run(
            """
            INSERT INTO s3_upload (content, id, bucket, key, initiated, initiator, algorithm, is_composite, is_named, asked,
                is_default, is_complete) VALUES
                (10, ?1, 1, x'6a6f696e6564', 1000, 'arn:i', 1, 1, 0, NULL, 1, 1),
                (11, ?2, 3, x'75', 2000, 'arn:i', 5, 0, 1, NULL, 1, 0),
                (12, ?3, 3, x'77', 3000, 'arn:j', 1, 0, 0, '{"acl":"private","by":"AIDA1","by-account":"111122223333"}', 0, 0)
            """, ids[0], ids[1], ids[2])
    }

    private func fillLists(_ transaction: inout Transaction) throws {
        let list = AccessControlList(ownedBy: .account(.second)).stored
        try transaction.run("UPDATE s3_bucket SET ownership = 2, acl = ? WHERE id = 2", .text(list))
        try transaction.run("INSERT INTO s3_object_acl VALUES (3, '111122223333', ?)", .text(list))
    }

    private func fillLifecycle(_ transaction: inout Transaction) throws {
        try transaction.run("UPDATE s3_bucket SET has_lifecycle = 1 WHERE id = 1")
        try transaction.run(
            "INSERT INTO s3_lifecycle VALUES (1, 20000, 1, x'61', -9223372036854775808, x'05', 1, '[]')")
    }

    private func fillReports(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO s3_bucket_logging
                (bucket, name, account, location, target, prefix, format, grants, pending, ended) VALUES
                (1, 'plain', '111122223333', 'us-east-1', 'logs', 'p/', 2, NULL, 5, NULL),
                (77, 'gone', '111122223333', 'us-east-1', 'logs', '', 0, NULL, 0, 9)
            """)
        try transaction.run("INSERT INTO s3_log_record (bucket, received, line) VALUES (1, 3, x'61'), (77, 4, x'62')")
        try transaction.run(
            #"INSERT INTO s3_inventory VALUES (1, 'all', '{"destination":"d","enabled":true,"fields":[]}', 9)"#)
        try transaction.run("INSERT INTO s3_inventory_run VALUES (1, 'all', 5, 1, x'61', 0)")
        try transaction.run("INSERT INTO s3_inventory_file VALUES (1, 'all', 1, 'f', 3, x'00')")
    }

    private func fillPoints(_ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO s3_access_point
                (id, account, region, name, alias, bucket, bucket_name, bucket_account, created, public_access) VALUES
                (1, '111122223333', 'us-east-1', 'point', 'a-s3alias', 1, 'plain', '111122223333', 0, 15),
                (2, '444455556666', 'us-east-1', 'point', 'b-s3alias', NULL, 'gone', '111122223333', 0, 0)
            """)
        try transaction.run("INSERT INTO s3_access_point_tag VALUES (1, 'k', 'v')")
    }

    private func fillReplication(_ transaction: inout Transaction) throws {
        let ids = S3FormerRows.versions.map { SQLValue.blob($0.bytes) }
        try transaction.run("UPDATE s3_bucket SET replication = 3 WHERE id = 5")
        try transaction.run("UPDATE s3_content SET replication = 2 WHERE id = 6")
        try transaction.run(#"INSERT INTO s3_replication VALUES (5, '{"Role":"r","Rule":[]}')"#)
        try transaction.run(
            """
            INSERT INTO s3_replication_task (bucket, key, version, content, kind, changes, rule, destination, due)
            VALUES (5, x'76', ?1, 6, 0, 0, 'r', 'd', 5), (5, x'76', ?2, NULL, 1, 0, 'r', 'd', 6)
            """, ids[0], ids[1])
        try transaction.run("INSERT INTO s3_replication_failure VALUES (5, 'r', 'why', 3)")
        try transaction.run("INSERT INTO s3_replica VALUES (5, x'76', ?, -1, 1)", ids[2])
    }

    private func fillWebsite(_ transaction: inout Transaction) throws {
        try transaction.run("UPDATE s3_content SET redirect = '/x' WHERE id = 1")
        try transaction.run(#"INSERT INTO s3_bucket_website VALUES (1, '{"IndexDocument":{"Suffix":"i.html"}}')"#)
    }
}
