import HTTP
import Testing
import World

@testable import Edge

/// Defends: pieces of work on the loop's own thread take turns with everybody else there.
struct TurnTests {
    /// A piece lasts until the test lets it end, and longer than turns are given in a row. While the second one lasts, who
    /// asked for nothing of the kind is answered.
    @Test func othersAreAnsweredBetweenTwoPieces() async throws {
        let (begun, allowed) = (Lock(0), Lock(0))
        let handler: Handler = { head, _ in
            guard head.text(head.target) == "/work" else { return Response(status: 200) }
            guard await WorkTurns.come() else { return Response(status: 503) }
            let number = begun.withLock { begun in
                begun += 1
                return begun
            }
            let least = ContinuousClock.now + .milliseconds(3)
            while allowed.withLock({ $0 }) < number || ContinuousClock.now < least {}
            return Response(status: 200)
        }
        try await withServer(handler: handler) { _, port in
            let (other, workers) = (try Client(port: port), try (0..<4).map { _ in try Client(port: port) })
            other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try other.answer().status == 200)
            for worker in workers { worker.send("GET /work HTTP/1.1\r\nHost: a\r\n\r\n") }
            for piece in 1...workers.count {
                #expect(await eventually { begun.withLock { $0 } == piece })
                other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                allowed.withLock { $0 = piece }
                #expect(try other.answer().status == 200)
            }
            for worker in workers { #expect(try worker.answer().status == 200) }
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
            #expect(try client.answer().text == "\(WorkTurns.most) 200")
        }
    }

    /// A thread of nobody's gives none.
    @Test func elsewhereThereIsNoTurn() async {
        #expect(await WorkTurns.come() == false)
    }
}
