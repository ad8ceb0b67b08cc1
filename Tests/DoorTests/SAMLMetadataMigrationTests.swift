import Foundation
import IAMService
import Storage
import Testing
import World

/// Defends: the metadata of providers that were there before it had a table of its own.
struct SAMLMetadataMigrationTests {
    private let path = NSTemporaryDirectory() + "/saml-metadata-" + UUID().uuidString

    private func open<Result>(
        _ migrations: some Sequence<Migration>, _ body: (Store) async throws -> Result
    ) async throws -> Result {
        let folder = try DataFolder.open(path)
        defer { folder.close() }
        let part = SchemaPart(IAMService.federationSchema.name, Array(migrations))
        let log = Log(level: .error, clock: SystemClock())
        let store = try Store(in: folder, schema: [part], log: log)
        defer { store.close() }
        return try await body(store)
    }

    @Test func metadataAndKeysAreKept() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let all = IAMService.federationSchema.migrations
        let long = String(repeating: "long ", count: 400_000)
        _ = try await open(all.prefix(2)) { store in
            try await store.write { transaction in
                for (id, text) in [("ONE", "<one/>"), ("TWO", long)] {
                    try transaction.run(
                        """
                        INSERT INTO iam_saml_provider
                            (account, name_key, name, id, created, metadata, encryption, valid_until)
                        VALUES ('123456789012', ?1, ?1, ?1, 5, ?2, 'Allowed', 7)
                        """, .text(id), .text(text))
                }
                try transaction.run(
                    "INSERT INTO iam_saml_key (id, provider, sealed, created) VALUES ('KEY', 'ONE', x'01', 5)")
            }
        }
        let (rows, keys) = try await open(all) { store in
            try store.read { snapshot in
                (
                    try snapshot.rows(
                        """
                        SELECT id, encryption, valid_until, text FROM iam_saml_provider
                        JOIN iam_saml_metadata ON provider = id ORDER BY id
                        """
                    ) { "\($0.text(0)) \($0.text(1)) \($0.int(2)) \($0.text(3))" },
                    try snapshot.number("SELECT count(*) FROM iam_saml_key")
                )
            }
        }
        #expect(rows == ["ONE Allowed 7 <one/>", "TWO Allowed 7 " + long] && keys == 1)
        let left = try await open(all) { store in
            try await store.write { transaction in
                try transaction.run("DELETE FROM iam_saml_provider")
            }
            return try store.read { try $0.number("SELECT count(*) FROM iam_saml_metadata") }
        }
        #expect(left == 0)
    }
}
