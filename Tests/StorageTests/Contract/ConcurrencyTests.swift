import Storage
import Testing
import World

@Suite struct ConcurrencyTests {
    @Test(
        "readers never see half a transfer and never fail, while commits, checkpoints and cuts of the log go on",
        arguments: Engine.all)
    func transfers(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.store.write { transaction in
            for name in ["a", "b", "c"] { try transaction.put(name, 1000) }
        }
        let isDone = Lock(false)
        await withTaskGroup(of: Void.self) { group in
            for reader in 0..<3 {
                group.addTask {
                    while !isDone.withLock({ $0 }) {
                        do { #expect(try ConcurrencyTests.sum(bench.store) == 3000) } catch {
                            Issue.record("reader \(reader): \(error)")
                            return
                        }
                        await Task.yield()
                    }
                }
            }
            group.addTask {
                await ConcurrencyTests.transfer(bench.store)
                isDone.withLock { $0 = true }
            }
        }
        #expect(try ConcurrencyTests.sum(bench.store) == 3000)
    }

    /// Reads the rows one by one, so that only a stable snapshot adds up.
    private static func sum(_ store: any StorageEngine) throws -> Int64 {
        try store.read { snapshot in
            var sum: Int64 = 0
            for name in ["a", "b", "c"] { sum += try snapshot.value(name) ?? 0 }
            return sum
        }
    }

    private static func transfer(_ store: any StorageEngine) async {
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<150 {
                        let (from, to) = (["a", "b", "c"][(task + index) % 3], ["b", "c", "a"][(task + index) % 3])
                        let fails = index % 5 == 0
                        try? await store.write(index % 2 == 0 ? .synced : .written) { transaction in
                            try transaction.run("UPDATE test_entry SET value = value - 1 WHERE name = ?", .text(from))
                            if fails { throw Refused() }
                            try transaction.run("UPDATE test_entry SET value = value + 1 WHERE name = ?", .text(to))
                            // Enough pages that checkpoints come, and deletions that ask for cuts.
                            try transaction.run(
                                "INSERT INTO test_entry VALUES (?, 0, ?)", .text("\(task)-\(index)"),
                                .blob([UInt8](repeating: 0, count: 20_000)))
                            if index % 10 == 9 { transaction.eraseTraces() }
                        }
                    }
                }
            }
        }
    }
}
