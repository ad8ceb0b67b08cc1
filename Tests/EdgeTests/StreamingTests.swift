import HTTP
import Testing
import World

import Edge

struct StreamingTests {
    /// Defends: a reader that pauses pauses the client, so that an upload never piles up in memory.
    @Test func uploadsWaitForTheReader() async throws {
        let gate = Gate()
        let handler: Handler = { head, body in
            _ = try? await body.next()
            await gate.pass()
            return await echo(head, body)
        }
        let total = 50 << 20
        try await withServer(handler: handler) { server, port in
            let client = try Client(port: port)
            client.send("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: \(total)\r\n\r\n")
            let sent = client.fill(limit: total)
            #expect(sent < total)
            #expect(server.statistics.bytesIn < 1 << 20)
            await gate.open()
            let rest = total - sent
            let block = [UInt8](repeating: 1, count: 1 << 20)
            for start in stride(from: 0, to: rest, by: block.count) {
                client.send(Array(block.prefix(rest - start)))
            }
            #expect(try client.answer().status == 200)
            #expect(server.statistics.bytesIn > total)
        }
    }

    /// Defends: a stream is asked for no more than the client takes.
    @Test(arguments: [true, false]) func downloadsWaitForTheClient(_ knowsLength: Bool) async throws {
        let pieces = Pieces(count: 800, size: 64 << 10)
        let handler: Handler = { head, _ in
            guard head.text(head.target) == "/big" else { return Response(status: 200) }
            return Response(status: 200, body: .stream(length: knowsLength ? 800 << 16 : nil, pieces))
        }
        try await withServer(handler: handler) { _, port in
            let slow = try Client(port: port)
            slow.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
            let other = try Client(port: port)
            for _ in 0..<50 {
                other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try other.answer().status == 200)
            }
            #expect(pieces.asked.withLock { $0 } < 400)
            let answer = try slow.answer()
            #expect(answer.body.count == 800 << 16)
            #expect(answer.body.last == 9)
        }
    }

    /// Defends: HTTP/1.0 gets a stream without chunks, ended by closing.
    @Test func endsByClosing() async throws {
        let handler: Handler = { _, _ in Response(status: 200, body: .stream(length: nil, Pieces(count: 3, size: 5))) }
        try await withServer(handler: handler) { _, port in
            let client = try Client(port: port)
            client.send("GET / HTTP/1.0\r\n\r\n")
            let answer = try client.answer()
            #expect(answer.body.count == 15)
            #expect(!answer.header.lowercased().contains("transfer-encoding"))
        }
    }

    private struct Failing: ResponseStream {
        let good: Pieces
        func next() async throws -> [UInt8]? {
            guard let piece = try await good.next() else { throw Client.Failure(what: "as planned") }
            return piece
        }
    }

    /// Defends: a stream that fails or ends early never looks complete.
    @Test func cutsFailedStreams() async throws {
        let handler: Handler = { head, _ in
            switch head.text(head.target) {
            case "/short": Response(status: 200, body: .stream(length: 100, Pieces(count: 1, size: 5)))
            case "/long": Response(status: 200, body: .stream(length: 7, Pieces(count: 2, size: 5)))
            case "/fails": Response(status: 200, body: .stream(length: nil, Failing(good: Pieces(count: 1, size: 5))))
            default: Response(status: 200, body: .stream(length: 9, Failing(good: Pieces(count: 0, size: 5))))
            }
        }
        try await withServer(handler: handler) { _, port in
            for target in ["/short", "/long", "/fails"] {
                let client = try Client(port: port)
                client.send("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(throws: Client.Failure.self) { try client.answer() }
            }
            let client = try Client(port: port)
            client.send("GET /at-once HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().status == 500)
        }
    }

    /// Defends: abandoned uploads tell their reader and leave no connection open.
    @Test func forgetsAbandonedUploads() async throws {
        let disconnected = Lock(0)
        let handler: Handler = { _, body in
            do {
                while try await body.next() != nil {}
            } catch RequestBodyError.disconnected {
                disconnected.withLock { $0 += 1 }
            } catch {}
            return Response(status: 200)
        }
        try await withServer(loops: 2, handler: handler) { server, port in
            for index in 0..<100 {
                let client = try Client(port: port)
                client.send("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc")
                if index % 2 == 0 { client.hangUp() } else { client.reset() }
            }
            #expect(await eventually { server.statistics.accepted == 100 && server.statistics.open == 0 })
            #expect(await eventually { disconnected.withLock { $0 } >= 50 })
            #expect(disconnected.withLock { $0 } <= 100)
        }
    }

    /// Defends: when the client leaves, a stream is let go and not asked again.
    @Test func releasesAbandonedStreams() async throws {
        let freed = Lock(false)
        final class Watched: ResponseStream {
            let freed: Lock<Bool>
            init(_ freed: Lock<Bool>) { self.freed = freed }
            deinit { freed.withLock { $0 = true } }
            func next() async throws -> [UInt8]? { [UInt8](repeating: 0, count: 64 << 10) }
        }
        let handler: Handler = { _, _ in Response(status: 200, body: .stream(length: nil, Watched(freed))) }
        try await withServer(handler: handler) { server, port in
            let client = try Client(port: port)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.take(1000)
            client.hangUp()
            #expect(await eventually { server.statistics.open == 0 && freed.withLock { $0 } })
        }
    }
}
