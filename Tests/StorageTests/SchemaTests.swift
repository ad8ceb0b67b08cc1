import Foundation
import Storage
import Testing
import World

@Suite struct SchemaTests {
    private let path = FolderTests.Path()
    private let first = Migration(1, "CREATE TABLE part_one (value INTEGER NOT NULL) STRICT")
    private let second = Migration(
        2, "ALTER TABLE part_one ADD COLUMN note TEXT; INSERT INTO part_one VALUES (2, 'new')")

    /// Opens the store with these migrations and tells the rows of `part_one`.
    private func rows(_ migrations: [Migration]) throws -> [Int64] {
        let folder = try DataFolder.open(path.text)
        defer { folder.close() }
        let store = try Store(in: folder, schema: [SchemaPart("part", migrations)], log: Bench.quiet)
        defer { store.close() }
        return try store.read { try $0.rows("SELECT value FROM part_one ORDER BY value") { $0.int(0) } }
    }

    @Test("migrations are applied once, in order, and existing data is copied first")
    func migrating() throws {
        #expect(try rows([first]) == [])
        let copy = path.text + "/gatehouse.db.before-migration"
        #expect(!FileManager.default.fileExists(atPath: copy))
        #expect(try rows([first, second]) == [2])
        #expect(FileManager.default.fileExists(atPath: copy))
        #expect(try rows([first, second]) == [2])
    }

    @Test("a changed old migration stops the start")
    func changed() throws {
        _ = try rows([first])
        let error = #expect(throws: StorageError.self) {
            try rows([Migration(1, "CREATE TABLE part_one (value INTEGER) STRICT")])
        }
        #expect(error?.description.contains("Migration 1 of 'part' differs") == true)
        #expect(error?.description.contains("Start that one.") == true)
        #expect(try rows([first]) == [])
    }

    @Test("data of a newer program is refused")
    func newer() throws {
        _ = try rows([first, second])
        let error = #expect(throws: StorageError.self) { try rows([first]) }
        #expect(
            error?.description.contains("newer Gatehouse: 'part' is at step 2, this program knows 1. Start the") == true
        )
        #expect(try rows([first, second]) == [2])
    }

    @Test("so is data with a part that this program does not know, also by who only looks")
    func stranger() throws {
        _ = try rows([first])
        let folder = try DataFolder.open(path.text)
        defer { folder.close() }
        func open(_ parts: [String], _ options: StoreOptions = StoreOptions()) throws {
            let later = Migration(1, "CREATE TABLE later_one (value TEXT) STRICT")
            let schema = parts.map { SchemaPart($0, [$0 == "part" ? first : later]) }
            try Store(in: folder, schema: schema, options: options, log: Bench.quiet).close()
        }
        try open(["part", "later"])
        for options in [StoreOptions(), .asItIs] {
            let error = #expect(throws: StorageError.self) { try open(["part"], options) }
            #expect(error?.description.contains("newer Gatehouse: it has 'later', which") == true)
        }
        try open(["later", "part"])
    }

    @Test("who only looks migrates nothing and makes nothing")
    func looking() throws {
        func look(_ migrations: [Migration]) throws -> Int64 {
            let folder = try DataFolder.open(path.text)
            defer { folder.close() }
            let store = try Store(
                in: folder, schema: [SchemaPart("part", migrations)], options: .asItIs, log: Bench.quiet)
            defer { store.close() }
            return try store.read { try $0.number("SELECT count(*) FROM part_one") }
        }
        #expect(throws: StorageError.self) { try look([first]) }
        #expect(!FileManager.default.fileExists(atPath: path.text + "/gatehouse.db"))
        _ = try rows([first])
        let error = #expect(throws: StorageError.self) { try look([first, second]) }
        #expect(error?.description.contains("needs migration") == true)
        #expect(!FileManager.default.fileExists(atPath: path.text + "/gatehouse.db.before-migration"))
        #expect(try look([first]) == 0)
    }

    @Test("a migration that fails leaves the data as it was")
    func failing() throws {
        _ = try rows([first])
        let broken = Migration(3, "INSERT INTO part_one VALUES (3, 'x'); CREATE TABLE nonsense (")
        #expect(throws: StorageError.self) { try rows([first, second, broken]) }
        #expect(try rows([first]) == [])
    }
}
