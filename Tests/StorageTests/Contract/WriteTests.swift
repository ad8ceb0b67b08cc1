import Scaffold
import Storage
import Testing
import World

@Suite struct WriteTests {
    @Test("an item that throws undoes only itself", arguments: Engine.all)
    func rollbackOfOne(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        let results = await together(20, on: bench.store) { index, transaction in
            try transaction.put("\(index)", 1)
            if index % 3 == 0 { throw Refused() }
        }
        for (index, failure) in results.enumerated() { #expect((failure is Refused) == (index % 3 == 0)) }
        let names = try bench.store.read { try $0.rows("SELECT name FROM test_entry") { $0.text(0) } }
        #expect(Set(names) == Set((0..<20).filter { $0 % 3 != 0 }.map { "\($0)" }))
    }

    @Test("waiting items share one commit, in their order", arguments: Engine.all)
    func groupCommit(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        let commits = Lock(0)
        bench.store.onCommit { _ in commits.withLock { $0 += 1 } }
        _ = await together(50, on: bench.store) { index, transaction in
            let order = try transaction.number("SELECT count(*) FROM test_entry")
            try transaction.put("\(index)", order)
            transaction.touch(.identity)
        }
        #expect(commits.withLock { $0 } == 1)
        for index in 0..<50 { #expect(try bench.value("\(index)") == Int64(index)) }
    }

    @Test("a constraint is its own error, and names no value", arguments: Engine.all)
    func constraint(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        let error = await #expect(throws: StorageError.self) {
            try await bench.store.write { try $0.run("INSERT INTO test_child VALUES (?)", .text("secret")) }
        }
        guard case .constraint(let message) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!message.contains("secret"))
    }

    @Test("a body reads what it has written, and its result is handed back", arguments: Engine.all)
    func readOwnWrites(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        let (changes, value) = try await bench.store.write { transaction in
            try transaction.put("a", 7)
            let changes = try transaction.run("UPDATE test_entry SET value = value + 1")
            return (changes, try transaction.snapshot.value("a"))
        }
        #expect(changes == 1)
        #expect(value == 8)
    }

    @Test("an infallible body that throws fails its whole batch, and nothing of it stays", arguments: Engine.all)
    func brokenPromise(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        let rewinds = Lock(0)
        bench.store.onRewind { _ in rewinds.withLock { $0 += 1 } }
        let hold = Hold(bench.store)
        let first = Task { try await bench.put("a", 1) }
        await hold.whenWaiting(1)
        let second = Task {
            try await bench.store.append { transaction in
                try transaction.put("b", 1)
                throw Refused()
            }
        }
        await hold.whenWaiting(2)
        hold.open()
        await #expect(throws: Refused.self) { try await first.value }
        await #expect(throws: Refused.self) { try await second.value }
        #expect(try bench.count() == 0)
        #expect(rewinds.withLock { $0 } == 1)
        try await bench.put("c", 1)
        #expect(try bench.count() == 1)
    }

    @Test(
        "hooks hear of committed areas before the caller does, and of no areas of undone items", arguments: Engine.all)
    func hooks(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        let heard = Lock<[Areas]>([])
        bench.store.onCommit { areas in heard.withLock { $0.append(areas) } }
        try await bench.store.write { $0.touch(.identity) }
        #expect(heard.withLock { $0 } == [.identity])
        await #expect(throws: Refused.self) {
            try await bench.store.write { transaction in
                transaction.touch(.resourcePolicies)
                throw Refused()
            }
        }
        try await bench.put("a", 1)
        #expect(heard.withLock { $0 } == [.identity])
    }

    @Test(
        "after a rollback the rewind hook sees the state without the item, with the items before it",
        arguments: Engine.all)
    func rewind(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        let seen = Lock<[Int64]>([])
        bench.store.onRewind { snapshot in
            let count = try snapshot.number("SELECT count(*) FROM test_entry")
            seen.withLock { $0.append(count) }
        }
        _ = await together(4, on: bench.store) { index, transaction in
            try transaction.put("\(index)", 1)
            if index == 2 { throw Refused() }
        }
        #expect(seen.withLock { $0 } == [2])
    }

    @Test("a closed store refuses, and says so", arguments: Engine.all)
    func closed(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.put("a", 1)
        bench.store.close()
        bench.store.close()
        await #expect(throws: StorageError.closed) { try await bench.put("b", 1) }
        #expect(throws: StorageError.closed) { try bench.value("a") }
    }

    @Test("writes that wait when the store closes are finished", arguments: Engine.all)
    func closingFinishes(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        let done = Lock(0)
        for index in 0..<100 {
            bench.store.submit(.synced, isInfallible: true) {
                try $0.put("\(index)", 1)
            } done: { error in
                if error == nil { done.withLock { $0 += 1 } }
            }
        }
        bench.store.close()
        #expect(done.withLock { $0 } == 100)
    }

    @Test("a reset leaves what the initial state says, whatever refers to what", arguments: Engine.all)
    func reset(_ engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.store.write { transaction in
            try transaction.put("a", 1)
            try transaction.run("INSERT INTO test_child VALUES ('a')")
        }
        try await bench.store.reset { try $0.put("first", 9) }
        #expect(try bench.count() == 1)
        #expect(try bench.value("first") == 9)
        try await bench.put("b", 2)
        #expect(try bench.count() == 2)
    }
}

/// Runs `count` bodies in one commit, in order; returns how each failed.
func together(
    _ count: Int, on store: any StorageEngine, _ body: @escaping @Sendable (Int, inout Transaction) throws -> Void
) async -> [(any Error)?] {
    let hold = Hold(store)
    return await withTaskGroup(of: (Int, (any Error)?).self) { group in
        for index in 0..<count {
            group.addTask {
                do {
                    try await store.write { try body(index, &$0) }
                    return (index, nil)
                } catch {
                    return (index, error)
                }
            }
            await hold.whenWaiting(index + 1)
        }
        hold.open()
        var results = [(any Error)?](repeating: nil, count: count)
        for await (index, failure) in group { results[index] = failure }
        return results
    }
}
