import Storage
import Testing

@Suite struct FullDiskTests {
    @Test("a full database refuses what does not fit, keeps what was acknowledged, and takes deletions")
    func fullDatabase() async throws {
        var options = StoreOptions()
        options.maximumPages = 40
        let bench = try Bench(options)
        var acknowledged: [String] = []
        var refusals = 0
        for index in 0..<60 {
            do {
                try await bench.store.write { transaction in
                    try transaction.run(
                        "INSERT INTO test_entry VALUES (?, 0, ?)", .text("\(index)"),
                        .blob([UInt8](repeating: 1, count: 5000)))
                }
                acknowledged.append("\(index)")
            } catch StorageError.full { refusals += 1 }
        }
        #expect(refusals > 0)
        #expect(!acknowledged.isEmpty)
        let names = try bench.store.read { try $0.rows("SELECT name FROM test_entry") { $0.text(0) } }
        #expect(Set(names) == Set(acknowledged))
        try await bench.store.write { try $0.run("DELETE FROM test_entry WHERE name <> '0'") }
        try await bench.put("again", 1)
        #expect(try bench.count() == 2)
    }

    @Test("items that fit commit beside one that does not")
    func mixedBatch() async throws {
        var options = StoreOptions()
        options.maximumPages = 40
        let bench = try Bench(options)
        let failures = await together(3, on: bench.store) { index, transaction in
            let size = index == 1 ? 1_000_000 : 10
            try transaction.run(
                "INSERT INTO test_entry VALUES (?, 0, ?)", .text("\(index)"), .blob([UInt8](repeating: 1, count: size)))
        }
        #expect(failures[1] as? StorageError == .full)
        let failed = failures.filter { $0 != nil }.count
        #expect(try bench.count() == Int64(3 - failed))
        try await bench.put("again", 1)
    }
}
