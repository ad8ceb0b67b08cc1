import HTTP
import Testing
import World

import Edge

/// Defends the connection, and the memory that a body takes, against clients that send too slowly; and slow uploads against
/// being cut.
struct SlowBodyTests {
    /// Answers with the number of body bytes, or that the body was too slow in words of its own.
    private struct Counting {
        let read = Lock(0)
        let isHeld: Bool

        var handler: Handler {
            { [self] _, body in
                if isHeld { body.holdUntilEnd() }
                do {
                    while let piece = try await body.next() { read.withLock { $0 += piece.count } }
                } catch RequestBodyError.tooSlow {
                    return Response(status: 400, body: .bytes(Array("worded".utf8)))
                } catch {
                    return Response(status: 500)
                }
                return Response(status: 200, body: .bytes(Array("\(read.withLock { $0 })".utf8)))
            }
        }

        init(isHeld: Bool) { self.isHeld = isHeld }

        func hasRead(_ count: Int) async -> Bool { await eventually { read.withLock { $0 } == count } }
    }

    private func head(_ length: Int) -> String { "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n" }

    /// A body in pieces, with a pause after each.
    private func send(
        _ count: Int, of size: Int, every pause: Duration, _ client: Client, _ counting: Counting, _ clock: ManualClock
    ) async {
        client.send(head(size * count))
        for round in 1...count {
            client.send([UInt8](repeating: 1, count: size))
            #expect(await counting.hasRead(size * round))
            clock.advance(by: pause)
        }
    }

    /// A segment, and then nothing for nearly as long as a pause may be, for hours.
    @Test func aSlowUploadIsNeverCut() async throws {
        let (clock, counting) = (ManualClock(Instant(seconds: 1000)), Counting(isHeld: false))
        try await withServer(clock: clock, handler: counting.handler) { _, port in
            let client = try Client(port: port)
            await send(400, of: 1280, every: .milliseconds(19_900), client, counting, clock)
            #expect(try client.answer().text == "\(1280 * 400)")
        }
    }

    /// The same pace, where the body is kept in memory.
    @Test func whatIsHeldHasToComeFaster() async throws {
        let (clock, counting) = (ManualClock(Instant(seconds: 1000)), Counting(isHeld: true))
        try await withServer(clock: clock, handler: counting.handler) { server, port in
            let client = try Client(port: port)
            client.send(head(1280 * 400))
            var segments = 0
            while segments < 3 {
                client.send([UInt8](repeating: 1, count: 1280))
                segments += 1
                guard await counting.hasRead(1280 * segments) else { break }
                clock.advance(by: .milliseconds(19_900))
            }
            let answer = try client.answer()
            #expect(answer.status == 400 && answer.text == "worded" && answer.has("connection: close"))
            #expect(client.isClosedByPeer())
            #expect(server.statistics.refused[.bodyTooSlow] == 1)
        }
    }

    /// A body that comes at the least rate is read, however long it is.
    @Test func whatIsHeldMayTakeTheTimeOfItsLength() async throws {
        let (clock, counting) = (ManualClock(Instant(seconds: 1000)), Counting(isHeld: true))
        try await withServer(clock: clock, handler: counting.handler) { _, port in
            let client = try Client(port: port)
            await send(100, of: 40_960, every: .seconds(10), client, counting, clock)
            #expect(try client.answer().status == 200)
        }
    }

    /// What came fast earns no longer pause.
    @Test(arguments: [true, false]) func aPauseIsCut(_ isHeld: Bool) async throws {
        let (clock, counting) = (ManualClock(Instant(seconds: 1000)), Counting(isHeld: isHeld))
        try await withServer(clock: clock, handler: counting.handler) { server, port in
            let client = try Client(port: port)
            client.send(head(2 << 20))
            client.send([UInt8](repeating: 1, count: 1 << 20))
            #expect(await counting.hasRead(1 << 20))
            clock.advance(by: .milliseconds(20_100))
            #expect(try client.answer().status == 400)
            #expect(server.statistics.refused[.bodyTooSlow] == 1)
        }
    }

    /// Bytes of framing are no bytes of the body.
    @Test func framingDoesNotKeepABodyAlive() async throws {
        let (clock, counting) = (ManualClock(Instant(seconds: 1000)), Counting(isHeld: false))
        try await withServer(clock: clock, handler: counting.handler) { server, port in
            let client = try Client(port: port)
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;")
            #expect(await eventually { server.statistics.requests == 1 })
            for _ in 0..<2 {
                let before = server.statistics.bytesIn
                client.send("extension")
                #expect(await eventually { server.statistics.bytesIn == before + 9 })
                clock.advance(by: .seconds(15))
            }
            #expect(try client.answer().status == 400)
        }
    }

    /// A handler that makes a success of a body which was cut is not believed.
    @Test func onlyARefusalIsTold() async throws {
        let (clock, read) = (ManualClock(Instant(seconds: 1000)), Lock(0))
        let handler: Handler = { _, body in
            while let piece = try? await body.next() { read.withLock { $0 += piece.count } }
            return Response(status: 200)
        }
        try await withServer(clock: clock, handler: handler) { _, port in
            let client = try Client(port: port)
            client.send(head(10) + "a")
            #expect(await eventually { read.withLock { $0 } == 1 })
            clock.advance(by: .seconds(21))
            #expect(try client.answer().status == 408)
            #expect(client.isClosedByPeer())
        }
    }
}
