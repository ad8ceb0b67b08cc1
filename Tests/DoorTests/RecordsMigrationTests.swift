import Foundation
import IAMService
import Storage
import Testing
import World

/// Defends: certificates and the clients of providers that an older server kept are there after its tables were made anew.
@Suite struct RecordsMigrationTests {
    private let path = NSTemporaryDirectory() + "/records-" + UUID().uuidString

    /// The store as it is with so many migrations of each part.
    private func withStore<Result: Sendable>(_ migrations: Int, _ body: (Store) async throws -> Result) async throws
        -> Result
    {
        let folder = try DataFolder.open(path)
        defer { folder.close() }
        let parts = [("iam-records", IAMService.recordsSchema), ("iam-federation", IAMService.federationSchema)]
        let schema =
            [IAMService.schema] + parts.map { SchemaPart($0, Array($1.migrations.prefix(migrations))) }
        let store = try Store(
            in: folder, schema: schema, log: Log(level: .error, clock: SystemClock(), sink: { _ in }))
        defer { store.close() }
        return try await body(store)
    }

    @Test func nothingIsLost() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withStore(2) { store in
            try await store.write { transaction in
                try transaction.run(
                    "INSERT INTO iam_signing_certificate VALUES ('C1', '1', 'AIDA1', 'body', x'01', 0, 7)")
                try transaction.run("INSERT INTO iam_oidc_provider VALUES ('1', 'id', 'https://id', 'P1', 0, '')")
                for client in ["b", "a"] {
                    try transaction.run("INSERT INTO iam_oidc_client VALUES ('P1', ?)", .text(client))
                }
            }
        }
        try await withStore(3) { store in
            try await store.write { transaction in
                // The same certificate in another account.
                try transaction.run(
                    """
                    INSERT INTO iam_signing_certificate (id, account, owner, body, digest, active, uploaded)
                    VALUES ('C1', '2', '2', 'body', x'01', 1, 8)
                    """)
                try transaction.run("INSERT INTO iam_oidc_client (provider, client) VALUES ('P1', '0')")
            }
            let kept = try store.read { snapshot in
                (
                    try snapshot.rows(
                        "SELECT account || id || owner || body || hex(digest) || active || uploaded FROM iam_signing_certificate"
                    ) { $0.text(0) },
                    try snapshot.rows("SELECT client FROM iam_oidc_client WHERE provider = 'P1' ORDER BY position") {
                        $0.text(0)
                    }
                )
            }
            #expect(kept.0.sorted() == ["1C1AIDA1body0107", "2C12body0118"])
            #expect(kept.1 == ["a", "b", "0"])
            try await store.write { try $0.run("DELETE FROM iam_oidc_provider WHERE id = 'P1'") }
            #expect(try store.read { try $0.number("SELECT count(*) FROM iam_oidc_client") } == 0)
        }
    }
}
