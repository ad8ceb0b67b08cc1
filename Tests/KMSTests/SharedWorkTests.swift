import Testing
import World

@testable import KMSService

/// Defends work that is done once for all who want it at the same time.
@Suite struct SharedWorkTests {
    private struct Broken: Error {}

    /// Counts how often it is done, and ends when it is let go.
    private final class Work: Sendable {
        let begun = Lock(0)
        private let (gate, opener) = AsyncStream<Never>.makeStream()

        func run() async -> Int {
            let number = begun.withLock { begun in
                begun += 1
                return begun
            }
            for await _ in gate {}
            return number
        }

        func end() { opener.finish() }
    }

    @Test func manyShareOne() async throws {
        let (shared, work) = (SharedWork<String, Int>(), Work())
        let arrived = Lock(0)
        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    arrived.withLock { $0 += 1 }
                    return try await shared.result(for: "one") { await work.run() }
                }
            }
            while arrived.withLock({ $0 }) < 50 || work.begun.withLock({ $0 }) == 0 { await Task.yield() }
            for _ in 0..<100 { await Task.yield() }
            work.end()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // Who arrived and had not asked when the work ended did it again, and nobody else.
        #expect(results.count == 50 && results.contains(1) && work.begun.withLock { $0 } < 50)
    }

    @Test func othersDoNotWait() async throws {
        let (shared, work) = (SharedWork<String, Int>(), Work())
        async let slow = shared.result(for: "slow") { await work.run() }
        #expect(try await shared.result(for: "quick") { 7 } == 7)
        work.end()
        #expect(try await slow == 1)
    }

    @Test func aFailureIsNotKept() async throws {
        let shared = SharedWork<String, Int>()
        await #expect(throws: Broken.self) { try await shared.result(for: "one") { throw Broken() } }
        #expect(try await shared.result(for: "one") { 3 } == 3)
    }
}
