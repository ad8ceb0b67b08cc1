import CSystem
import Crypto
import HTTP
import Testing
import World

import Edge

/// The machine's: real clients verify certificates by it.
private let now = SystemClock().wallTime().seconds

/// Runs `script` with the authority's certificate at `$ca` in a folder of its own; whether it succeeded.
private func shell(_ script: String, authority: LocalAuthority) -> Bool {
    let pem = String(decoding: authority.certificate, as: UTF8.self)
    return system(
        """
        d=$(mktemp -d) || exit 1; ca=$d/ca.pem; cat > $ca <<'PEM'
        \(pem)PEM
        ( cd $d && \(script) ) >/dev/null 2>&1; s=$?; rm -r $d; exit $s
        """) == 0
}

private func identity(_ authority: LocalAuthority) throws -> TLSIdentity {
    let server = try authority.issue(names: ["gatehouse.example", "10.1.2.3"], now: now)
    return try TLSIdentity(certificateChain: server.chain, privateKey: server.privateKey)
}

struct TLSTests {
    /// Defends: real clients verify our certificate, and what passes through TLS is what was sent.
    @Test func servesRealClients() async throws {
        let authority = try LocalAuthority(now: now)
        let handler: Handler = { head, body in
            var answer = await echo(head, body)
            answer.header.add("X-TLS", head.connection.tls.map { "\($0.version) \($0.cipherSuite)" } ?? "none")
            return answer
        }
        try await withServer(identity: try identity(authority), loops: 2, handler: handler) { server, port in
            let url = "https://localhost:\(port)"
            #expect(shell("test \"$(curl -s --cacert $ca \(url)/a)\" = 'GET /a 0'", authority: authority))
            #expect(
                shell(
                    "head -c 5000000 /dev/zero > f && test \"$(curl -s --cacert $ca -T f \(url)/b)\" = 'PUT /b 5000000'",
                    authority: authority))
            for (flag, expected) in [("--tls-max 1.2", "TLSv1.2 ECDHE-ECDSA"), ("--tlsv1.3", "TLSv1.3 TLS_")] {
                #expect(
                    shell("curl -si --cacert $ca \(flag) \(url)/ | grep -q '^X-TLS: \(expected)'", authority: authority)
                )
            }
            #expect(
                shell(
                    "curl -sf --cacert $ca --resolve b.s3.localhost:\(port):127.0.0.1 https://b.s3.localhost:\(port)/",
                    authority: authority))
            #expect(!shell("curl -s --cacert $ca --tls-max 1.1 \(url)/", authority: authority))
            #expect(!shell("curl -s \(url)/", authority: authority))
            #expect(
                shell(
                    "python3 -c \"import ssl,urllib.request as u;"
                        + "u.urlopen('https://127.0.0.1:\(port)/',context=ssl.create_default_context(cafile='$ca'))\"",
                    authority: authority))
            #expect(await eventually { server.statistics.open == 0 })
        }
    }

    /// Defends: sessions are resumed, on whichever loop the second connection lands.
    @Test func resumesSessions() async throws {
        let authority = try LocalAuthority(now: now)
        try await withServer(identity: try identity(authority), loops: 2, handler: echo) { _, port in
            let connect = "openssl s_client -connect localhost:\(port) -CAfile $ca -verify_return_error -alpn http/1.1"
            let request = "printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'"
            #expect(
                shell(
                    "\(request) | \(connect) -ign_eof -sess_out s && \(request) | \(connect) -ign_eof -sess_in s | grep -q ^Reused",
                    authority: authority))
        }
    }

    /// Defends: a large response passes TLS whole, piece by piece.
    @Test func streamsOverTLS() async throws {
        let authority = try LocalAuthority(now: now)
        let handler: Handler = { _, _ in
            Response(status: 200, body: .stream(length: nil, Pieces(count: 80, size: 100_000)))
        }
        try await withServer(identity: try identity(authority), handler: handler) { _, port in
            #expect(
                shell(
                    "test $(curl -s --cacert $ca https://localhost:\(port)/ | wc -c) = 8000000", authority: authority))
        }
    }

    /// Defends: a client that changes keys and does nothing else is cut; some changes are fine.
    @Test func cutsWhoOnlyChangesKeys() async throws {
        let authority = try LocalAuthority(now: now)
        try await withServer(identity: try identity(authority), handler: echo) { server, port in
            // `k` makes the client change its keys, which it tells when it is done.
            let script = """
                import subprocess as s, sys
                p = s.Popen(['openssl', 's_client', '-connect', 'localhost:\(port)', '-CAfile', sys.argv[1], '-tls1_3'],
                            stdin=s.PIPE, stdout=s.DEVNULL, stderr=s.PIPE)
                count = 0
                try:
                    for _ in range(int(sys.argv[2])):
                        p.stdin.write(b'k\\n')
                        p.stdin.flush()
                        while (line := p.stderr.readline()) and b'KEYUPDATE' not in line: pass
                        if not line: break
                        count += 1
                    p.stdin.write(b'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n')
                    p.stdin.close()
                except BrokenPipeError: pass
                p.wait()
                sys.exit(0 if count == int(sys.argv[2]) else 7)
                """
            func change(_ times: Int) -> Bool {
                shell("cat > s.py <<'PY'\n\(script)\nPY\npython3 s.py $ca \(times)", authority: authority)
            }
            #expect(change(100))
            #expect(await eventually { server.statistics.open == 0 })
            #expect(!change(2000))
            #expect(await eventually { server.statistics.open == 0 })
        }
    }

    /// Defends: plain HTTP on a TLS port is dropped without an answer, and costs nobody anything.
    @Test func dropsPlainRequests() async throws {
        let authority = try LocalAuthority(now: now)
        try await withServer(identity: try identity(authority), handler: echo) { server, port in
            let client = try Client(port: port)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(!client.rest().starts(with: [UInt8]("HTTP".utf8)))
            #expect(
                await eventually { server.statistics.refused[.handshakeFailed] == 1 && server.statistics.open == 0 })
        }
    }
}

struct LocalAuthorityTests {
    /// Defends: an authority survives being stored and read, and a foreign key is noticed.
    @Test func roundTrips() throws {
        let one = try LocalAuthority(now: now)
        let two = try LocalAuthority(now: now)
        let again = try LocalAuthority(certificate: one.certificate, privateKey: one.privateKey)
        #expect(again.expires == now + 3650 * 86_400)
        #expect(throws: CertificateError.self) {
            try LocalAuthority(certificate: one.certificate, privateKey: two.privateKey)
        }
        #expect(throws: CertificateError.self) { try LocalAuthority(certificate: [1, 2], privateKey: []) }
        #expect(try again.issue(now: now).expires == now + 820 * 86_400)
        let late = now + 3600 * 86_400
        #expect(try again.issue(now: late).expires == again.expires)
    }

    /// Defends: no name can smuggle an extension or another name into a certificate.
    @Test(arguments: ["a,DNS:b", "a b", "", "a..b", "*", "a.*.b", "a\nb", "critical,x", "ä.example"])
    func refusesNames(_ name: String) throws {
        let authority = try LocalAuthority(now: now)
        #expect(throws: CertificateError.self) { try authority.issue(names: [name], now: now) }
    }

    /// Defends: a key and a chain that do not belong together are no identity.
    @Test func refusesMismatch() throws {
        let authority = try LocalAuthority(now: now)
        let (one, two) = (try authority.issue(now: now), try authority.issue(now: now))
        #expect(throws: TLSIdentity.Unusable.self) {
            try TLSIdentity(certificateChain: one.chain, privateKey: two.privateKey)
        }
    }
}
