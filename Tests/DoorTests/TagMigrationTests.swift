import Foundation
import IAMService
import Storage
import Testing
import World

/// Defends: tags that were put on while keys of all things were compared without case are found by their exact keys since.
@Suite struct TagMigrationTests {
    private let path = NSTemporaryDirectory() + "/tags-" + UUID().uuidString

    /// The store as it is with so many of IAM's migrations.
    private func withStore<Result: Sendable>(_ migrations: Int, _ body: (Store) async throws -> Result) async throws
        -> Result
    {
        let folder = try DataFolder.open(path)
        defer { folder.close() }
        let schema = SchemaPart("iam", Array(IAMService.schema.migrations.prefix(migrations)))
        let store = try Store(
            in: folder, schema: [schema], log: Log(level: .error, clock: SystemClock(), sink: { _ in }))
        defer { store.close() }
        return try await body(store)
    }

    @Test func onlyKeysOfUsersAndRolesStayFolded() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withStore(4) { store in
            try await store.write { transaction in
                try transaction.run("INSERT INTO iam_user VALUES ('1', 'ann', 'ann', '/', 'AIDA1', 0, NULL)")
                try transaction.run(
                    "INSERT INTO iam_role VALUES ('1', 'r', 'r', '/', 'AROA1', 0, NULL, '{}', NULL, 3600)")
                for owner in ["AIDA1", "AROA1", "ANPA1"] {
                    try transaction.run(
                        "INSERT INTO iam_tag (owner, key_fold, key, value) VALUES (?1, 'team', 'Team', 'x'), (?1, 'b', 'b', '')",
                        .text(owner))
                }
            }
        }
        let tags = try await withStore(IAMService.schema.migrations.count) { store in
            try store.read { snapshot in
                try snapshot.rows("SELECT owner || ' ' || key_fold || ' ' || key FROM iam_tag ORDER BY 1") {
                    $0.text(0)
                }
            }
        }
        #expect(
            tags == [
                "AIDA1 b b", "AIDA1 team Team", "ANPA1 Team Team", "ANPA1 b b", "AROA1 b b", "AROA1 team Team",
            ])
    }
}
