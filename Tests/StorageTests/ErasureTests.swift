import Foundation
import Storage
import Testing

@Suite struct ErasureTests {
    private static let secret = Array("a wrapped key that must not survive its deletion".utf8)

    private func holdsSecret(_ file: String) throws -> Bool {
        try Data(contentsOf: URL(fileURLWithPath: file)).range(of: Data(ErasureTests.secret)) != nil
    }

    @Test("what was deleted is neither in the log nor in the database's free space", .timeLimit(.minutes(10)))
    func erasure() async throws {
        let path = FolderTests.Path()
        let folder = try DataFolder.open(path.text)
        let store = try Store(in: folder, schema: [Bench.schema], log: Bench.quiet)
        let log = folder.path + "/gatehouse.db-wal"
        try await store.write { transaction in
            try transaction.run("INSERT INTO test_entry VALUES ('key', 1, ?)", .blob(ErasureTests.secret))
            try transaction.run(
                "INSERT INTO test_entry VALUES ('big', 1, ?)", .blob([UInt8](repeating: 1, count: 50_000)))
        }
        #expect(try holdsSecret(log))
        try await store.write { transaction in
            try transaction.run("DELETE FROM test_entry")
            transaction.eraseTraces()
        }
        // The writer cuts the log at its next idle moment.
        while try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int != 0 { await Task.yield() }
        store.close()
        #expect(try !holdsSecret(folder.path + "/gatehouse.db"))
        folder.close()
    }

    @Test("what was deleted right before the process was killed is gone after the next start")
    func erasureAfterAKill() async throws {
        let path = FolderTests.Path()
        let folder = try DataFolder.open(path.text)
        let store = try Store(in: folder, schema: [Bench.schema], log: Bench.quiet)
        try await store.write { transaction in
            try transaction.run("INSERT INTO test_entry VALUES ('key', 1, ?)", .blob(ErasureTests.secret))
        }
        try await store.write { try $0.run("DELETE FROM test_entry") }
        // As the files lie when nobody says goodbye.
        let copy = FolderTests.Path()
        let next = try DataFolder.open(copy.text)
        for name in ["gatehouse.db", "gatehouse.db-wal"] {
            try FileManager.default.copyItem(atPath: folder.path + "/" + name, toPath: next.path + "/" + name)
        }
        store.close()
        folder.close()
        let log = next.path + "/gatehouse.db-wal"
        #expect(try holdsSecret(log))
        let reopened = try Store(in: next, schema: [Bench.schema], log: Bench.quiet)
        #expect(try !holdsSecret(log))
        #expect(try !holdsSecret(next.path + "/gatehouse.db"))
        #expect(try reopened.read { try $0.number("SELECT count(*) FROM test_entry") } == 0)
        reopened.close()
        next.close()
    }

    @Test("a store that was closed leaves an empty log, and everything in the database")
    func closing() async throws {
        let path = FolderTests.Path()
        let folder = try DataFolder.open(path.text)
        let store = try Store(in: folder, schema: [Bench.schema], log: Bench.quiet)
        try await store.write { transaction in
            try transaction.run("INSERT INTO test_entry VALUES ('kept', 1, ?)", .blob(ErasureTests.secret))
        }
        store.close()
        let log = folder.path + "/gatehouse.db-wal"
        let left = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
        #expect((left ?? 0) == 0)
        #expect(try holdsSecret(folder.path + "/gatehouse.db"))
        folder.close()
    }

    @Test("a reader on an old view delays the cut, and does not prevent it", .timeLimit(.minutes(10)))
    func delayedErasure() async throws {
        let bench = try Bench()
        let log = bench.folder.path + "/gatehouse.db-wal"
        try await bench.put("a", 1)
        let held = try bench.store.read { snapshot in
            let before = try snapshot.value("a")
            bench.store.submit { transaction in
                try transaction.run("DELETE FROM test_entry")
                transaction.eraseTraces()
            }
            while try bench.count() != 0 {}
            return try snapshot.value("a") == before
        }
        #expect(held)
        while try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int != 0 { await Task.yield() }
        #expect(try bench.count() == 0)
    }

    @Test("every file of the store is its owner's alone")
    func modes() async throws {
        let bench = try Bench()
        try await bench.put("a", 1)
        for name in try FileManager.default.contentsOfDirectory(atPath: bench.folder.path) {
            let path = bench.folder.path + "/" + name
            #expect(
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }
}
