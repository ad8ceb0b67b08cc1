import Foundation
import KeyEngine
import Storage
import Testing
import World

@testable import KMSService

/// Defends what falls due with keys: one that fails keeps no other from its turn, and what goes leaves no trace.
@Suite struct KeyUpkeepTests {
    @Test("keys that fail do not keep the others from their rotation", arguments: [1, 20, 25])
    func failures(_ failing: Int) async throws {
        let bench = try await KeyBench()
        var ids: [String] = []
        for number in 0..<(failing + 30) {
            ids.append(try await bench.make("service\(number)"))
            // Due one after the other, the failing ones first.
            bench.clock.advance(by: .seconds(1))
        }
        let (bad, good) = (ids.prefix(failing), ids.dropFirst(failing))
        let broken = Array(bad)
        try await bench.store.write { transaction in
            for id in broken {
                try transaction.run("UPDATE kms_key SET spec = 'NONE' WHERE id = ?", .text(id))
            }
        }
        bench.clock.advance(by: .seconds(366 * 86_400))
        var rounds = 0
        while try await bench.upkeep().tend(bench.clock.now()) {
            rounds += 1
            try #require(rounds < 50)
        }
        for id in good { #expect(try bench.materials(id) == 2, "\(id)") }
        for id in bad { #expect(try bench.materials(id) == 1) }
        // They stay due, and nothing else is.
        #expect(try await bench.upkeep().tend(bench.clock.now()) == false)
        for id in good { #expect(try bench.materials(id) == 2) }
    }

    private func holds(_ file: String, _ bytes: [UInt8]) throws -> Bool {
        try Data(contentsOf: URL(fileURLWithPath: file)).range(of: Data(bytes)) != nil
    }

    private func wrapped(_ id: String, _ bench: KeyBench) throws -> [UInt8] {
        let found = try bench.store.read { snapshot in
            try snapshot.first("SELECT wrapped FROM kms_material WHERE key = ?", .text(id)) { $0.blob(0) }
        }
        return try #require(found)
    }

    /// Neither in the log, nor in the database, once the writer was idle.
    private func isErased(_ bytes: [UInt8], _ bench: KeyBench) async throws -> Bool {
        let (database, log) = (bench.folder.path + "/gatehouse.db", bench.folder.path + "/gatehouse.db-wal")
        while try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int != 0 {
            await Task.yield()
        }
        return try !holds(database, bytes)
    }

    @Test("a key that is deleted leaves no material behind, not even wrapped", .timeLimit(.minutes(10)))
    func deletion() async throws {
        let bench = try await KeyBench()
        let id = try await bench.make("ebs")
        let bytes = try wrapped(id, bench)
        #expect(try holds(bench.folder.path + "/gatehouse.db-wal", bytes))
        let key = try #require(try bench.find(id))
        let now = bench.clock.now()
        try await bench.store.write { transaction in try key.remove(now, &transaction) }
        #expect(try await isErased(bytes, bench))
        #expect(try bench.find(id) == nil)
    }

    @Test("a key with many grants goes in steps, and cannot be rescued once the first is done")
    func deletionInSteps() async throws {
        let bench = try await KeyBench()
        let id = try await bench.make("ebs")
        let end = bench.clock.now() + .seconds(86_400)
        try await bench.store.write { transaction in
            try transaction.run(
                """
                WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2500)
                INSERT INTO kms_grant (account, region, key, id, grantee, grantee_name, rights, secret, created)
                SELECT account, region, id, 'grant' || n, 'ann', 'ann', '{}', x'00', 0 FROM kms_key, number WHERE id = ?
                """, .text(id))
            try transaction.run("UPDATE kms_key SET deletion = ? WHERE id = ?", .int(end.milliseconds), .text(id))
        }
        func left() throws -> Int64 { try bench.store.read { try $0.number("SELECT count(*) FROM kms_grant") } }
        let key = try #require(try bench.find(id))
        #expect(!key.isGone(bench.clock.now()))
        #expect(try await bench.store.write { transaction in try key.removeSomeGrants(&transaction) })
        #expect(try left() == 2300 && bench.find(id)?.isGone(bench.clock.now()) == true)
        bench.clock.advance(by: .seconds(86_400))
        _ = try await bench.upkeep().tend(bench.clock.now())
        #expect(try left() == 0 && bench.find(id) == nil)
        let told = try bench.store.read {
            try $0.number("SELECT count(*) FROM journal WHERE instr(entry, CAST('DeleteKey' AS BLOB)) > 0")
        }
        #expect(told == 1)
    }

    @Test("imported material that is taken away leaves nothing behind", .timeLimit(.minutes(10)))
    func importedMaterial() async throws {
        let bench = try await KeyBench()
        let id = try await bench.make("ebs")
        let bytes = try wrapped(id, bench)
        try await bench.store.write { transaction in
            try transaction.run("UPDATE kms_key SET origin = 'EXTERNAL' WHERE id = ?", .text(id))
            try transaction.run(
                "INSERT INTO kms_import (account, region, key, number) VALUES ('111122223333', 'us-east-1', ?, 1)",
                .text(id))
        }
        let key = try #require(try bench.find(id))
        let material = try #require(key.materials.first)
        #expect(material.wrapped == bytes)
        try await bench.store.write { transaction in try Imports.remove(material, from: key, &transaction) }
        #expect(try await isErased(bytes, bench))
        #expect(try bench.find(id)?.materials.first?.wrapped == nil)
    }

    @Test("material that was imported again is not kept ready as it was wrapped before")
    func importedAgain() async throws {
        let bench = try await KeyBench()
        let id = try await bench.make("ebs")
        let key = try #require(try bench.find(id))
        let former = try key.engineKey(try #require(key.materials.first))
        let before = bench.engine.readyKeys
        _ = try await bench.engine.seal([1], associated: [], with: former)
        #expect(bench.engine.readyKeys == before + 1)
        let again = ImportWork.Taken(made: GeneratedKey(former), number: 1, known: nil, mark: nil)
        again.former.withLock { $0 = former }
        let operation = ImportKeyMaterial(
            keys: bench.keys, work: ImportWork(engine: bench.engine), identifiers: bench.world.identifiers)
        await operation.settle(again)
        #expect(bench.engine.readyKeys == before)
    }
}
