import Storage
import Testing
import World

@Suite struct ReadTests {
    @Test("every kind of value comes back as it was bound", arguments: Engine.all)
    func values(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        let texts = ["", "a", "żółć 🦔", String(repeating: "x", count: 100_000), "quote ' and \" and ; --"]
        for (index, text) in texts.enumerated() {
            try await bench.store.write { transaction in
                try transaction.run(
                    "INSERT INTO test_entry (name, value, extra) VALUES (?, ?, ?)", .text(text),
                    .number(index - 2), .blob(Array(text.utf8)))
            }
        }
        let rows = try bench.store.read { snapshot in
            try snapshot.rows("SELECT name, value, extra FROM test_entry ORDER BY value") {
                ($0.text(0), $0.int(1), $0.blob(2))
            }
        }
        #expect(rows.map(\.0) == texts)
        #expect(rows.map(\.1) == [-2, -1, 0, 1, 2])
        #expect(rows.map(\.2) == texts.map { Array($0.utf8) })
    }

    @Test("NULL is told apart from empty", arguments: Engine.all)
    func nulls(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.put("a", 1)
        try await bench.store.write { transaction in
            try transaction.run("INSERT INTO test_entry VALUES (?, ?, ?)", .text("b"), .int(2), .blob([]))
        }
        let extras = try bench.store.read { snapshot in
            try snapshot.rows("SELECT extra FROM test_entry ORDER BY name") { $0.blobOrNull(0) }
        }
        #expect(extras == [nil, []])
    }

    @Test("a reader keeps its view while commits go on, and the next reader sees them", arguments: Engine.all)
    func stableSnapshot(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.put("a", 1)
        let store = bench.store
        let written = Monitor(false)
        try store.read { snapshot in
            let kept = try snapshot.value("a")
            #expect(kept == 1)
            store.submit {
                try $0.put("a", 2)
            } done: { _ in
                written.withLock { $0 = true }
                written.wakeAll()
            }
            written.wait(until: { $0 }) { _ in }
            let still = try snapshot.value("a")
            #expect(still == 1)
            let now = try store.read { try $0.value("a") }
            #expect(now == 2)
        }
        #expect(try bench.value("a") == 2)
    }

    @Test("the same SQL inside the closure of its own rows does not disturb it", arguments: Engine.all)
    func recursion(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        for name in ["a", "b", "c"] { try await bench.put(name, 1) }
        let pairs = try bench.store.read { snapshot in
            try snapshot.rows("SELECT name FROM test_entry ORDER BY name") { outer in
                let inner = try names(in: snapshot)
                return outer.text(0) + inner.joined()
            }
        }
        #expect(pairs == ["aabc", "babc", "cabc"])
        func names(in snapshot: borrowing Snapshot) throws -> [String] {
            try snapshot.rows("SELECT name FROM test_entry ORDER BY name") { $0.text(0) }
        }
    }

    @Test("a body that throws ends its read; the connection serves the next one", arguments: Engine.all)
    func throwingRead(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.put("a", 1)
        #expect(throws: Refused.self) {
            try bench.store.read { snapshot in
                _ = try snapshot.value("a")
                throw Refused()
            }
        }
        try await bench.put("a", 2)
        #expect(try bench.value("a") == 2)
    }

    @Test("a read cannot change anything", arguments: Engine.all)
    func readOnly(_ engine: Engine) throws {
        let bench = try Bench(engine)
        #expect(throws: StorageError.self) {
            try bench.store.read { try $0.number("INSERT INTO test_entry VALUES ('a', 1, NULL) RETURNING value") }
        }
        #expect(try bench.count() == 0)
    }

    @Test("scan ends where it is told to", arguments: Engine.all)
    func scan(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        for index in 0..<10 { try await bench.put("\(index)", Int64(index)) }
        var seen: [Int64] = []
        try bench.store.read { snapshot in
            try snapshot.scan("SELECT value FROM test_entry ORDER BY name") {
                seen.append($0.int(0))
                return seen.count < 4
            }
        }
        #expect(seen == [0, 1, 2, 3])
    }
}
