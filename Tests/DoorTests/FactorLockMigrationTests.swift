import Foundation
import IAMService
import Storage
import Testing
import World

/// Defends: codes that were locked before locks had places are locked on both ways after it.
struct FactorLockMigrationTests {
    private let path = NSTemporaryDirectory() + "/factor-locks-" + UUID().uuidString

    private func open<Result>(
        _ migrations: some Sequence<Migration>, _ body: (Store) async throws -> Result
    ) async throws -> Result {
        let folder = try DataFolder.open(path)
        defer { folder.close() }
        let part = SchemaPart(IAMService.factorSchema.name, Array(migrations))
        let log = Log(level: .error, clock: SystemClock())
        let store = try Store(in: folder, schema: [part], log: log)
        defer { store.close() }
        return try await body(store)
    }

    @Test func locksAreKept() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let all = IAMService.factorSchema.migrations
        _ = try await open(all.prefix(2)) { store in
            try await store.write { transaction in
                try transaction.run(
                    "INSERT INTO iam_factor_attempt (owner, failures, locked_until) VALUES ('AIDAONE', 7, 99), ('1', 2, 0)"
                )
            }
        }
        let rows = try await open(all) { store in
            try store.read { snapshot in
                try snapshot.rows(
                    "SELECT owner, way, address, failures, locked_until FROM iam_factor_lock ORDER BY owner, way"
                ) { "\($0.text(0)) \($0.text(1)) '\($0.text(2))' \($0.int(3)) \($0.int(4))" }
            }
        }
        #expect(
            rows == ["1 call '' 2 0", "1 console '' 2 0", "AIDAONE call '' 7 99", "AIDAONE console '' 7 99"])
    }
}
