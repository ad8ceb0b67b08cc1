import CSystem
import HTTP
import Testing

import Edge

struct ConversationTests {
    /// Defends: an ambiguous request is answered 400 and nothing after it on that connection is read.
    @Test func refusesSmuggling() async throws {
        try await withServer(handler: echo) { server, port in
            for form in SmugglingForms.heads + SmugglingForms.chunks {
                let client = try Client(port: port)
                client.send(form.text + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try client.answer()
                #expect(answer.status == 400, "\(form.name)")
                #expect(answer.has("connection: close"), "\(form.name)")
                #expect(client.isClosedByPeer(), "\(form.name)")
            }
            #expect(server.statistics.refused[.malformedHead] == SmugglingForms.heads.count)
            #expect(server.statistics.refused[.malformedChunk] == SmugglingForms.chunks.count)
        }
    }

    /// Defends: bad chunks that come after the handler began to read are answered 400 too.
    @Test func refusesLateBadChunks() async throws {
        try await withServer(handler: echo) { _, port in
            let client = try Client(port: port)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
            #expect(try client.answer().status == 100)
            client.send("3\r\nabc\r\nzz\r\n")
            #expect(try client.answer().status == 400)
            #expect(client.isClosedByPeer())
        }
    }

    /// Defends: one connection carries many requests, their answers in order, however they were cut.
    @Test func keepsAliveAndPipelines() async throws {
        try await withServer(handler: echo) { server, port in
            let client = try Client(port: port)
            let text = (0..<200).map { "PUT /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" }.joined()
            client.send(text)
            for index in 0..<200 { #expect(try client.answer().text == "PUT /\(index) 3") }
            client.send(
                "\r\nPOST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX: y\r\n\r\nGET /d "
            )
            #expect(try client.answer().text == "POST /c 2")
            for byte in "HTTP/1.1\r\nHost: a\r\n\r\n".utf8 { client.send([byte]) }
            #expect(try client.answer().text == "GET /d 0")
            #expect(server.statistics.accepted == 1)
            #expect(server.statistics.requests == 202)
        }
    }

    /// Defends: an empty line cut in two is still only an empty line.
    @Test func toleratesOneEmptyLine() async throws {
        try await withServer(handler: echo) { _, port in
            let client = try Client(port: port)
            client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n\r")
            #expect(try client.answer().text == "GET /a 0")
            client.send("\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\n")
            #expect(try client.answer().text == "GET /b 0")
            #expect(try client.answer().status == 400)
        }
    }

    /// Defends: connections end when asked, and with HTTP/1.0.
    @Test func closes() async throws {
        try await withServer(handler: echo) { _, port in
            for head in ["GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /a HTTP/1.0\r\n\r\n"] {
                let client = try Client(port: port)
                client.send(head)
                let answer = try client.answer()
                #expect(answer.text == "GET /a 0")
                #expect(answer.has("connection: close"))
                #expect(client.isClosedByPeer())
            }
        }
    }

    /// Defends: HEAD, 204 and 304 send no body, whatever the handler gave, and the connection stays in step.
    @Test func leavesBodiesOut() async throws {
        let handler: Handler = { head, _ in
            switch head.text(head.target) {
            case "/204": Response(status: 204, body: .bytes([1, 2]))
            case "/304": Response(status: 304)
            case "/only": Response(status: 200, body: .headOnly(length: 77))
            case "/stream": Response(status: 200, body: .stream(length: nil, Pieces(count: 1, size: 3)))
            default: Response(status: 200, body: .bytes([1, 2, 3]))
            }
        }
        try await withServer(handler: handler) { _, port in
            let client = try Client(port: port)
            for (target, length) in [("/", "3"), ("/only", "77"), ("/204", nil), ("/304", nil), ("/stream", nil)] {
                client.send("HEAD \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try client.answer(toHead: true)
                if let length {
                    #expect(answer.has("content-length: \(length)"))
                } else {
                    #expect(!answer.header.lowercased().contains("content-length"))
                }
            }
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().body == [1, 2, 3])
        }
    }

    /// Defends: `100 Continue` comes with the first read; without a read, only the final answer and the end.
    @Test func continues() async throws {
        let head = "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        try await withServer(handler: echo) { _, port in
            let client = try Client(port: port)
            client.send(head)
            #expect(try client.answer().status == 100)
            client.send("abc")
            #expect(try client.answer().text == "PUT /a 3")
            client.send(head + "abc")
            #expect(try client.answer().text == "PUT /a 3")
        }
        try await withServer(handler: ignore) { _, port in
            let client = try Client(port: port)
            client.send(head)
            let answer = try client.answer()
            #expect(answer.status == 403)
            #expect(answer.has("connection: close"))
            #expect(client.isClosedByPeer())
        }
    }

    /// Defends: a short body nobody read is dropped and the connection used again; a long one ends the connection
    /// without losing the answer.
    @Test func dropsUnreadBodies() async throws {
        try await withServer(handler: ignore) { _, port in
            let client = try Client(port: port)
            client.send("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
            #expect(try client.answer().status == 403)
            client.send([UInt8](repeating: 1, count: 100_000) + [UInt8]("GET /b HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            #expect(try client.answer().status == 403)
            client.send("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n")
            client.send([UInt8](repeating: 1, count: 9_000_000))
            let answer = try client.answer()
            #expect(answer.status == 403)
            #expect(answer.has("connection: close"))
        }
    }

    /// Defends: the edge's own answers have the status that HTTP gives them.
    @Test func answersForItself() async throws {
        var limits = EdgeLimits()
        (limits.headBytes, limits.fieldCount, limits.bodyBytes) = (2000, 20, 1000)
        try await withServer(limits, handler: echo) { server, port in
            for (request, status) in [
                ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501), ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
                ("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417),
                ("GET / HTTP/1.1\r\nHost: a\r\nA: " + String(repeating: "b", count: 3000), 431),
                ("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: 30) + "\r\n", 431),
                ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413),
                (
                    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5dc\r\n"
                        + String(repeating: "x", count: 1500), 413
                ),
            ] {
                let client = try Client(port: port)
                client.send(request)
                #expect(try client.answer().status == status)
                #expect(client.isClosedByPeer())
            }
            #expect(server.statistics.refused[.bodyTooLarge] == 2)
        }
    }

    /// Defends: the facts of a connection and the raw head reach the handler, and `Handler`s may leave the loop.
    @Test func tellsFacts() async throws {
        let handler: Handler = { head, body in
            let piece = await Task.detached { try? await body.next() }.value
            let facts = head.connection
            let text =
                "\(facts.peerAddress) \(facts.isLoopback) \(facts.tls == nil) \(head.raw.count) \(piece?.count ?? 0)"
            return Response(status: 200, body: .bytes([UInt8](text.utf8)))
        }
        let text = "PUT http://b/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"
        // Without IPv6 nobody could even refuse the call.
        let hasIPv6 = gh_connect("::1", 1) == -ECONNREFUSED
        for (address, expected) in [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "::1"), ("[::]:0", "127.0.0.1")]
        where hasIPv6 || !address.hasPrefix("[") {
            try await withServer(address: address, loops: 2, handler: handler) { server, port in
                let client = try Client(port: port, ipv6: expected == "::1")
                client.send(text)
                client.send("ab")
                #expect(try client.answer().text == "\(expected) true true \(text.utf8.count) 2")
                if address == "[::]:0" {
                    let other = try Client(port: port, ipv6: true)
                    other.send(text + "ab")
                    #expect(try other.answer().text == "::1 true true \(text.utf8.count) 2")
                }
            }
        }
    }
}
