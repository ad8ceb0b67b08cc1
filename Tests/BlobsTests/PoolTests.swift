import Foundation
import Testing
import World

@Suite struct PoolTests {
    private struct Broken: Error {}

    @Test("results and errors come back to whoever asked")
    func results() async throws {
        let pool = BlockingPool(threads: 3)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<2000 { group.addTask { try await pool.run { index } } }
            return try await group.reduce(0, +)
        }
        #expect(sum == 1_999_000)
        await #expect(throws: Broken.self) { try await pool.run { throw Broken() } }
    }

    @Test("one thread keeps the order")
    func order() async throws {
        let pool = BlockingPool(threads: 1)
        let seen = Lock<[Int]>([])
        for index in 0..<1000 { try await pool.run { seen.withLock { $0.append(index) } } }
        #expect(seen.withLock { $0 } == Array(0..<1000))
    }

    private static func thread() -> UInt { UInt(pthread_self()) }

    @Test("what is carried stays on the pool's threads, however often it waits, and the caller on his")
    func carrying() async throws {
        let (pool, other) = (BlockingPool(threads: 1), BlockingPool(threads: 1))
        let home = try await pool.run { PoolTests.thread() }
        let away = try await other.run { PoolTests.thread() }
        let seen = try await pool.carry {
            var seen = [PoolTests.thread()]
            seen.append(try await other.run { PoolTests.thread() })
            seen.append(PoolTests.thread())
            await Task.yield()
            return seen + [PoolTests.thread()]
        }
        #expect(seen == [home, away, home, home])
        let back = try await other.carry {
            let within = try await pool.carry { PoolTests.thread() }
            return [within, PoolTests.thread()]
        }
        #expect(back == [home, away])
        await #expect(throws: Broken.self) { try await pool.carry { throw Broken() } }
        // What comes after the end is done elsewhere.
        pool.close()
        #expect(try await pool.carry { true })
    }

    @Test("a full or closed pool refuses instead of waiting")
    func refusals() async throws {
        let pool = BlockingPool(threads: 1, limit: 1)
        let gate = Monitor((isHeld: false, isOpen: false))
        async let held: Void = pool.run {
            gate.withLock { $0.isHeld = true }
            gate.wait(until: { $0.isOpen }) { _ in }
        }
        while !gate.withLock({ $0.isHeld }) { await Task.yield() }
        // One of two finds the only place in the queue; the other is refused at once.
        let outcomes = Monitor(0)
        let tasks = (0..<2).map { _ in
            Task {
                do { return try await pool.run { true } } catch {
                    outcomes.withLock { $0 += 1 }
                    return false
                }
            }
        }
        while outcomes.withLock({ $0 }) == 0 { await Task.yield() }
        gate.withLock { $0.isOpen = true }
        gate.wakeAll()
        try await held
        let ran = [await tasks[0].value, await tasks[1].value]
        #expect(ran.filter { $0 }.count == 1)
        pool.close()
        await #expect(throws: BlockingPool.Refusal.closed) { try await pool.run { 1 } }
    }
}
