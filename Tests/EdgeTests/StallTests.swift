import Crypto
import HTTP
import Testing
import World

import Edge

/// Defends the loops against clients that stop in the middle, or send without reading.
struct StallTests {
    /// A handshake has as long as a head, however regularly its bytes come.
    @Test func cutsStalledHandshakes() async throws {
        let (clock, now) = (ManualClock(Instant(seconds: 1000)), Int64(1_790_000_000))
        let made = try LocalAuthority(now: now).issue(now: now)
        let identity = try TLSIdentity(certificateChain: made.chain, privateKey: made.privateKey)
        try await withServer(identity: identity, clock: clock, handler: echo) { server, port in
            let client = try Client(port: port)
            for byte in [22, 3, 1, 2, 0, 1] as [UInt8] {
                client.send([byte])
                #expect(await eventually { server.statistics.open == 1 })
                clock.advance(by: .milliseconds(1900))
            }
            #expect(client.isClosedByPeer())
            #expect(server.statistics.refused[.handshakeFailed] == 1)
        }
    }

    /// Who shuts his side after a request still hears the answer; in the middle of a body the handler learns of it.
    @Test func answersHalfClosedConnections() async throws {
        let ends = Lock<[String]>([])
        let handler: Handler = { head, body in
            do { while try await body.next() != nil {} } catch { ends.withLock { $0.append("\(error)") } }
            return Response(status: 200, body: .bytes(Array(head.text(head.target).utf8)))
        }
        try await withServer(handler: handler) { server, port in
            let whole = try Client(port: port)
            whole.send("PUT /whole HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            whole.finishSending()
            #expect(try whole.answer().text == "/whole")
            #expect(whole.isClosedByPeer())
            let cut = try Client(port: port)
            cut.send("PUT /cut HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
            cut.finishSending()
            #expect(await eventually { ends.withLock { $0 } == ["disconnected"] })
            let head = try Client(port: port)
            head.send("GET /hea")
            head.finishSending()
            #expect(head.isClosedByPeer())
        }
    }

    /// Requests that are sent one behind the other are taken no faster than their answers leave.
    @Test func pipelinesWaitForTheirReader() async throws {
        let handler: Handler = { _, _ in Response(status: 200, body: .bytes([UInt8](repeating: 1, count: 64 << 10))) }
        try await withServer(handler: handler) { server, port in
            let client = try Client(port: port)
            let (request, count) = (Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), 20_000)
            client.send(Array(repeatElement(request, count: count).joined()))
            for _ in 0..<100 { #expect(try client.answer().body.count == 64 << 10) }
            let other = try Client(port: port)
            other.send(request)
            #expect(try other.answer().status == 200)
            #expect(server.statistics.requests < count / 2)
        }
    }
}
