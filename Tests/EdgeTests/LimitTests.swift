import HTTP
import Testing

import Edge

struct LimitTests {
    private func limits(_ change: (inout EdgeLimits) -> Void) -> EdgeLimits {
        var limits = EdgeLimits()
        change(&limits)
        return limits
    }

    /// Defends: a header that trickles in is cut, however regularly its bytes come.
    @Test func cutsSlowHeaders() async throws {
        try await withServer(limits { $0.headerMilliseconds = 1000 }, handler: echo) { server, port in
            let client = try Client(port: port)
            client.send("GET / HTTP/1.1\r\nHo")
            #expect(try client.answer().status == 408)
            #expect(client.isClosedByPeer())
            #expect(server.statistics.refused[.headTooSlow] == 1)
            let silent = try Client(port: port)
            #expect(silent.isClosedByPeer())
        }
    }

    /// Defends: an idle connection is closed, without an answer to nothing.
    @Test func closesIdle() async throws {
        try await withServer(limits { $0.idleMilliseconds = 1000 }, handler: echo) { _, port in
            let client = try Client(port: port)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().status == 200)
            #expect(client.isClosedByPeer())
        }
    }

    /// Defends: a client that takes nothing of its response is cut.
    @Test func cutsStalledReaders() async throws {
        let handler: Handler = { _, _ in Response(status: 200, body: .bytes([UInt8](repeating: 1, count: 40 << 20))) }
        try await withServer(limits { $0.stallMilliseconds = 100 }, handler: handler) { server, port in
            let client = try Client(port: port)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(
                await eventually { server.statistics.refused[.responseStalled] == 1 && server.statistics.open == 0 })
        }
    }

    /// Defends: one address has no more than its places, and a place is free again when its connection ends.
    @Test func limitsAddresses() async throws {
        let limits = limits { ($0.connectionsPerAddress, $0.loopbackIsExempt) = (3, false) }
        try await withServer(limits, handler: echo) { server, port in
            var clients = try (0..<3).map { _ in try Client(port: port) }
            for client in clients {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.answer().status == 200)
            }
            #expect(try Client(port: port).answer().status == 503)
            #expect(server.statistics.refused[.tooManyFromAddress] == 1)
            clients.removeLast().hangUp()
            #expect(await eventually { server.statistics.open == 2 })
            let client = try Client(port: port)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().status == 200)
        }
    }

    /// Defends: the number of connections in all is limited.
    @Test func limitsConnections() async throws {
        try await withServer(limits { $0.connections = 1 }, handler: echo) { _, port in
            let first = try Client(port: port)
            first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try first.answer().status == 200)
            #expect(try Client(port: port).answer().status == 503)
        }
    }

    /// Defends the memory against clients that read no answers: beyond a share they are cut, and what ends gives room back.
    @Test func limitsAnswersThatWait() async throws {
        let handler: Handler = { _, _ in Response(status: 200, body: .bytes([UInt8](repeating: 1, count: 40 << 20))) }
        let limits = limits { ($0.waitingAnswerBytesPerAddress, $0.loopbackIsExempt) = (100 << 20, false) }
        try await withServer(limits, handler: handler) { server, port in
            func ask() throws -> Client {
                let client = try Client(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                return client
            }
            var clients = try (0..<2).map { _ in try ask() }
            for client in clients { _ = try client.take(1) }
            let cut = try ask()
            #expect(throws: Client.Failure.self) { try cut.answer() }
            #expect(server.statistics.refused[.answersWaiting] == 1)
            clients.removeAll()
            #expect(await eventually { server.statistics.open == 0 })
            for _ in 0..<4 { #expect(try ask().answer().body.count == 40 << 20) }
        }
    }

    /// Defends: draining lets a request in flight finish, closes the idle, and takes nobody new.
    @Test func drains() async throws {
        let gate = Gate()
        let handler: Handler = { head, body in
            if head.text(head.target) == "/slow" { await gate.pass() }
            return await echo(head, body)
        }
        try await withServer(loops: 2, handler: handler) { server, port in
            let idle = try Client(port: port)
            idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try idle.answer().status == 200)
            let busy = try Client(port: port)
            busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { server.statistics.requests == 2 })
            server.drain()
            server.drain()
            #expect(idle.isClosedByPeer())
            #expect(throws: Client.Failure.self) { try Client(port: port).answer() }
            await gate.open()
            let answer = try busy.answer()
            #expect(answer.text == "GET /slow 0")
            #expect(answer.has("connection: close"))
        }
    }

    /// Defends: a handler that never reads to the end cannot hold a drain beyond its time.
    @Test func drainsInTime() async throws {
        try await withServer(limits { $0.drainMilliseconds = 100 }, handler: echo) { server, port in
            let client = try Client(port: port)
            client.send("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            #expect(await eventually { server.statistics.requests == 1 })
            server.drain()
            #expect(client.isClosedByPeer())
        }
    }

    /// Defends: a port that is taken is not shared with whoever has it.
    @Test func refusesTakenPorts() async throws {
        try await withServer(handler: echo) { _, port in
            #expect(throws: EdgeServer.Failure.self) {
                try EdgeServer(
                    addresses: [(ListenAddress(host: "127.0.0.1", port: port), nil)], loops: 1, log: quiet,
                    handler: echo)
            }
        }
    }
}
