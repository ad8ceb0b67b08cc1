import Storage
import Testing
import World

@testable import IAMService

/// What is known of how credentials are used, of those who are there and of those who are gone.
enum RecordUpgrades {
    static let all = [
        FormerStore(
            IAMService.recordsSchema, before: 2, "uses by those who are gone",
            changing: ["iam_access_use", "iam_key_use"], fill: { try fill(&$0) }, check: check),
        FormerStore(
            IAMService.recordsSchema, before: 3, "certificates",
            fill: { transaction in
                try transaction.run(
                    """
                    INSERT INTO iam_signing_certificate (id, account, owner, body, digest, active, uploaded) VALUES
                        ('C1', '111122223333', 'AIDA1', 'body', x'01', 0, 7),
                        ('C2', '444455556666', 'AIDA2', 'other', x'02', 1, 8)
                    """)
            },
            check: { store in
                // The same certificate in another account.
                try await store.write { transaction in
                    try transaction.run(
                        """
                        INSERT INTO iam_signing_certificate (id, account, owner, body, digest, active, uploaded)
                        VALUES ('C1', '444455556666', 'AIDA2', 'body', x'01', 1, 9)
                        """)
                }
                let kept = try store.read { snapshot in
                    try snapshot.rows("SELECT account || id FROM iam_signing_certificate ORDER BY 1") { $0.text(0) }
                }
                #expect(kept == ["111122223333C1", "444455556666C1", "444455556666C2"])
            }),
    ]

    private static let living = ["111122223333", "AIDA1", "AROA2"]

    private static func fill(_ transaction: inout Transaction) throws {
        try IAMUpgrades.fillEntities(&transaction)
        for owner in living + ["AIDAGONE", "999999999999"] {
            for (action, time) in [("", 7), ("ListUsers", 9), ("GetUser", 8)] {
                try transaction.run(
                    "INSERT INTO iam_access_use (owner, service, action, time, region) VALUES (?, 'iam', ?, ?, 'us-east-1')",
                    .text(owner), .text(action), .number(time))
            }
        }
        for key in ["AKIAUSER", "AKIAROOT2", "AKIAGONE"] {
            try transaction.run("INSERT INTO iam_key_use VALUES (?, 3, 'us-east-1', 'iam')", .text(key))
        }
        try transaction.run("INSERT INTO iam_ssh_key VALUES ('APKA1', 'AIDA1', x'01', 1, 0)")
        try transaction.run(
            """
            INSERT INTO iam_service_credential
                (id, account, owner, service, user_name, digest, active, created, expires) VALUES
                ('ACCA1', '111122223333', 'AIDA1', 's', 'u', x'00', 1, 0, NULL),
                ('ACCA2', '111122223333', 'AIDA1', 's', 'v', x'01', 0, 0, 9)
            """)
        try transaction.run("INSERT INTO iam_access_cursor VALUES (1, 42)")
    }

    @Sendable private static func check(_ store: Store) async throws {
        try store.read { snapshot in
            for owner in living {
                #expect(try GatheredUses.last(of: owner, snapshot)?.time == Instant(milliseconds: 9))
            }
            let owners = try snapshot.rows("SELECT owner, count(*) FROM iam_access_use GROUP BY 1 ORDER BY 1") {
                "\($0.text(0)) \($0.int(1))"
            }
            #expect(owners == living.map { $0 + " 3" })
            let keys = try snapshot.rows("SELECT key FROM iam_key_use ORDER BY key") { $0.text(0) }
            #expect(keys == ["AKIAROOT2", "AKIAUSER"])
            #expect(try GatheredUses.cursor(snapshot) == 42)
        }
    }
}
