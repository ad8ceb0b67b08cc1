import AWS
import Foundation
import Journal
import Storage
import Testing
import World

@testable import SecretsManagerService

/// Defends that a secret which had tags when its store was made anew is known to have had some.
@Suite struct TaggedSecretTests {
    private let path = NSTemporaryDirectory() + "/tagged-" + UUID().uuidString

    /// The store as it is with so many of Secrets Manager's migrations.
    private func withStore(_ migrations: Int, _ body: (Store) async throws -> Void) async throws {
        let folder = try DataFolder.open(path)
        defer { folder.close() }
        let schema = SchemaPart(
            "secretsmanager", Array(SecretsManagerService.schema.migrations.prefix(migrations)))
        let store = try Store(
            in: folder, schema: [Journal.schema, schema],
            log: Log(level: .error, clock: SystemClock(), sink: { _ in }))
        defer { store.close() }
        try await body(store)
    }

    @Test func tagsFromBeforeAreSeen() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withStore(3) { store in
            try await store.write { transaction in
                for name in ["bare", "tagged"] {
                    try transaction.run(
                        """
                        INSERT INTO secret (account, region, name, suffix, created, changed)
                        VALUES ('111122223333', 'us-east-1', ?, 'abcdef', 0, 0)
                        """, .text(name))
                }
                try transaction.run(
                    "INSERT INTO secret_tag VALUES ('111122223333', 'us-east-1', 'tagged', 'team', 'blue')")
            }
        }
        try await withStore(4) { store in
            let tagged = try store.read { snapshot in
                try snapshot.rows("SELECT name, tagged FROM secret ORDER BY name") { "\($0.text(0)) \($0.int(1))" }
            }
            #expect(tagged == ["bare 0", "tagged 1"])
        }
    }
}
