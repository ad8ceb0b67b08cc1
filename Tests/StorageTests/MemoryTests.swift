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
            for number in 0..<2000 {
                let value = try find("n\(number)", snapshot, &made)
                #expect(value == (number < 3 ? Int64(number) : nil))
            }
        }
        #expect(made == 2000)
    }
}
