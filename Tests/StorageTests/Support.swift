import Foundation
import Storage
import World

/// A store in a temporary folder with one table, closed and removed at the end of the test.
final class Bench: Sendable {
    let folder: DataFolder
    let store: any StorageEngine

    static let schema = SchemaPart("test", [Migration(1, Bench.tables)])
    static let tables = """
        CREATE TABLE test_entry (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL, extra BLOB) STRICT;
        CREATE TABLE test_child (entry TEXT NOT NULL REFERENCES test_entry (name)) STRICT;
        """
    static let quiet = Log(level: .error, clock: SystemClock(), sink: { _ in })

    init(_ options: StoreOptions = StoreOptions()) throws {
        folder = try DataFolder.temporary()
        store = try Store(in: folder, schema: [Bench.schema], options: options, log: Bench.quiet)
    }

    init(_ engine: Engine) throws { (folder, store) = try engine.start() }

    deinit {
        store.close()
        folder.close()
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    func put(_ name: String, _ value: Int64) async throws {
        try await store.write { try $0.put(name, value) }
    }

    func value(_ name: String) throws -> Int64? { try store.read { try $0.value(name) } }
    func count() throws -> Int64 { try store.read { try $0.number("SELECT count(*) FROM test_entry") } }
}

extension Transaction {
    mutating func put(_ name: String, _ value: Int64) throws {
        try run(
            "INSERT INTO test_entry (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            .text(name), .int(value))
    }
}

extension Snapshot {
    func value(_ name: String) throws -> Int64? {
        try first("SELECT value FROM test_entry WHERE name = ?", .text(name)) { $0.int(0) }
    }
}

/// Why a body of a test gave up.
struct Refused: Error, Equatable {}
