import HTTP
import Testing
import World

@testable import Edge

/// Defends: pieces of work on the loop's own thread take turns with everybody else there.
struct TurnTests {
    /// Ten connections ask for a piece of 30 ms each; whoever asks for nothing of the kind waits for about one of them.
    @Test func othersAreAnsweredBetweenTwoPieces() async throws {
        let done = Lock(0)
        let handler: Handler = { head, _ in
            guard head.text(head.target) == "/work" else {
                return Response(status: 200, body: .bytes([UInt8("\(done.withLock { $0 })".utf8.first ?? 0)]))
            }
            guard await WorkTurns.come() else { return Response(status: 503) }
            let end = ContinuousClock.now + .milliseconds(30)
            while ContinuousClock.now < end {}
            done.withLock { $0 += 1 }
            return Response(status: 200)
        }
        try await withServer(handler: handler) { _, port in
            let workers = try (0..<10).map { _ in try Client(port: port) }
            for worker in workers { worker.send("GET /work HTTP/1.1\r\nHost: a\r\n\r\n") }
            _ = await eventually { done.withLock { $0 } > 0 }
            let other = try Client(port: port)
            other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let seen = try other.answer().text
            #expect(seen < "9", "all pieces were done first")
            for worker in workers { #expect(try worker.answer().status == 200) }
            #expect(done.withLock { $0 } == 10)
        }
    }

    @Test func whoeverComesAfterTooManyGoesElsewhere() async throws {
        let handler: Handler = { _, _ in
            var outcomes: [Bool] = []
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<200 { group.addTask { await WorkTurns.come() } }
                for await outcome in group { outcomes.append(outcome) }
            }
            let turns = outcomes.count { $0 }
            return Response(status: 200, body: .bytes([UInt8]("\(turns) \(outcomes.count)".utf8)))
        }
        try await withServer(handler: handler) { _, port in
            let client = try Client(port: port)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().text == "64 200")
        }
    }

    /// A thread of nobody's gives none.
    @Test func elsewhereThereIsNoTurn() async {
        #expect(await WorkTurns.come() == false)
    }
}
