import Testing
import World

@testable import Storage

/// What a thread remembers is never older than the last change that was counted.
@Suite struct ReadPoolTests {
    private final class Box: Sendable {
        let value: Int64?
        init(_ value: Int64?) { self.value = value }
    }

    /// Defends: a read that begins between the two counts of a change does not pass what it remembered on to later ones.
    @Test func aReadBetweenTheCountsKeepsNothingOld() throws {
        let folder = try DataFolder.temporary()
        defer { folder.close() }
        let path = folder.path + "/pool.db"
        let writer = try Connection(path: path, creating: true, settings: ["PRAGMA journal_mode = WAL"])
        try writer.run("CREATE TABLE test_entry (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL)")
        try writer.run("INSERT INTO test_entry VALUES ('a', 1)")
        let pool = ReadPool(path: path, settings: [])
        defer { pool.close() }
        func value() throws -> Int64? {
            try pool.read { snapshot in
                try snapshot.remembered("place", "a") { Box(try snapshot.value("a")) }.value
            }
        }
        #expect(try value() == 1)
        try writer.run("UPDATE test_entry SET value = 2")
        pool.noteChange()
        _ = try value()
        pool.noteCommit()
        #expect(try value() == 2)
    }
}
