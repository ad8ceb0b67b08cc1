import Glibc
import Storage
import Testing
import World

/// What a snapshot remembers is never older than its view.
@Suite struct MemoryTests {
    private final class Box: Sendable {
        let value: Int64?
        init(_ value: Int64?) { self.value = value }
    }

    /// Looks `name` up through the memory; the second result is how many look-ups were made for it.
    private func find(_ name: String, _ snapshot: borrowing Snapshot, _ made: inout Int) throws -> Int64? {
        var count = 0
        let box = try snapshot.remembered("place", name) {
            count += 1
            return Box(try snapshot.first("SELECT value FROM test_entry WHERE name = ?", .text(name)) { $0.int(0) })
        }
        made += count
        return box.value
    }

    @Test("one look-up serves every read until something is committed, and then no longer")
    func forgets() async throws {
        let bench = try Bench()
        try await bench.put("a", 1)
        var made = 0
        for _ in 0..<3 {
            let value = try bench.store.read { try find("a", $0, &made) }
            #expect(value == 1)
        }
        #expect(made == 1)
        try await bench.put("a", 2)
        let after = try bench.store.read { try find("a", $0, &made) }
        #expect(after == 2)
        #expect(made == 2)
    }

    @Test("commits of records alone leave it; one other item in the commit empties it")
    func records() async throws {
        let bench = try Bench()
        try await bench.put("a", 1)
        var (made, threads) = (0, Set([UInt(pthread_self())]))
        _ = try bench.store.read { try find("a", $0, &made) }
        for _ in 0..<50 {
            try await bench.store.write { transaction in
                transaction.changesOnlyRecords()
                try transaction.run("INSERT OR REPLACE INTO test_entry VALUES ('record', 1, x'')")
            }
            threads.insert(UInt(pthread_self()))
            // The view is the new one, what was remembered is still there.
            let seen = try bench.store.read { snapshot in
                let record = try snapshot.number("SELECT value FROM test_entry WHERE name = 'record'")
                return [try find("a", snapshot, &made), record]
            }
            #expect(seen == [1, 1])
        }
        // Each connection has a memory of its own, and a task may go on on another thread, which has another one.
        #expect(made <= threads.count)
        // In one commit, or in two: nobody may remember what the second item changed.
        async let one: Void = bench.store.write { transaction in transaction.changesOnlyRecords() }
        async let other: Void = bench.put("a", 2)
        _ = try await (one, other)
        let after = try bench.store.read { try find("a", $0, &made) }
        #expect(after == 2)
    }

    @Test("a change that failed empties nothing, and what it said of itself does not hold for the next")
    func failures() async throws {
        struct Undone: Error {}
        let bench = try Bench()
        try await bench.put("a", 1)
        var made = 0
        _ = try bench.store.read { try find("a", $0, &made) }
        await #expect(throws: Undone.self) {
            try await bench.store.write { transaction in
                transaction.changesOnlyRecords()
                try transaction.run("UPDATE test_entry SET value = 9")
                throw Undone()
            }
        }
        let before = try bench.store.read { try find("a", $0, &made) }
        #expect(before == 1)
        try await bench.put("a", 3)
        let after = try bench.store.read { try find("a", $0, &made) }
        #expect(after == 3)
    }

    @Test("equivalent names are two names")
    func equivalents() async throws {
        let bench = try Bench()
        try await bench.put("K", 1)
        var made = 0
        let values = try bench.store.read { [try find("K", $0, &made), try find("\u{212A}", $0, &made)] }
        #expect(values == [1, nil])
    }

    @Test("absence is remembered only until it ends")
    func absence() async throws {
        let bench = try Bench()
        var made = 0
        let before = try bench.store.read { try find("new", $0, &made) }
        #expect(before == nil)
        try await bench.put("new", 7)
        let after = try bench.store.read { try find("new", $0, &made) }
        #expect(after == 7)
    }

    @Test("inside a write nothing is remembered")
    func writes() async throws {
        let bench = try Bench()
        try await bench.put("a", 1)
        let seen = try await bench.store.write { transaction in
            var made = 0
            let first = try find("a", transaction.snapshot, &made)
            try transaction.run("UPDATE test_entry SET value = 5 WHERE name = 'a'")
            return [first, try find("a", transaction.snapshot, &made)]
        }
        #expect(seen == [1, 5])
    }

    @Test("more names than are kept are all found")
    func capacity() async throws {
        let bench = try Bench()
        for number in 0..<3 { try await bench.put("n\(number)", Int64(number)) }
        var made = 0
        try bench.store.read { snapshot in
            for number in 0..<5000 {
                let value = try find("n\(number)", snapshot, &made)
                #expect(value == (number < 3 ? Int64(number) : nil))
            }
        }
        #expect(made == 5000)
    }
}
