import HTTP
import Testing

import Edge

/// What the proxy makes of a head; `serves` what ends in `.amazonaws.com`.
private func read(_ text: String, tunnel: String? = nil) -> Result<ProxyRequest, Refusal> {
    let raw = [UInt8](text.utf8)
    do throws(Refusal) {
        let head = try HeadParser(fieldCount: 20, takesTunnels: tunnel == nil).parse(raw.span)
        if let tunnel {
            return .success(.forHost(tunnel, target: try ProxyRequest.readTunneled(head, raw, to: tunnel)))
        }
        return .success(try ProxyRequest.read(head, raw) { $0.hasSuffix(".amazonaws.com") })
    } catch {
        return .failure(error)
    }
}

private func refusal(_ line: String, host: String, tunnel: String? = nil, more: String = "") -> Refusal? {
    let text = "\(line) HTTP/1.1\r\nHost: \(host)\r\n\(more)\r\n"
    if case .failure(let reason) = read(text, tunnel: tunnel) { return reason }
    return nil
}

struct ProxyRequestTests {
    /// Defends: a host is read one way or not at all.
    @Test func readsHosts() {
        for (text, host, port) in [
            ("a", "a", nil), ("A.B-9:80", "a.b-9", 80), ("[::1]:443", "[::1]", 443),
            ("[::FfFf:1.2.3.4]", "[::ffff:1.2.3.4]", nil),
            ("1.2.3.4:65535", "1.2.3.4", 65535),
        ] as [(String, String, UInt16?)] {
            let read = HostAndPort(Array(text.utf8)[...])
            #expect(read?.host == host && read?.port == port, "\(text)")
        }
        for text in [
            "", ":", ":80", "a:", "a:0", "a:080", "a:65536", "a:1x", "a:-1", "a:1:2", "a.", ".a", "a..b", "a@b", "a_b",
            "a b",
            "a\0", "a\0.b", "a%2e", "ä", "a/b", "a#", "a\\b", "[]", "[::1", "::1", "[::1]x", "[::1]80", "[g]", "[]:443",
            "*.a",
            String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a",
        ] {
            #expect(HostAndPort(Array(text.utf8)[...]) == nil, "\(text)")
        }
        #expect(HostAndPort(Array((String(repeating: "a.", count: 126) + "a").utf8)[...]) != nil)
    }

    /// Defends: a request is for the host of its target, which is the one that is signed.
    @Test func hostAndTargetAgree() throws {
        let text = "PUT http://B.amazonaws.com:80/k?q HTTP/1.1\r\nHost: b.Amazonaws.com\r\n\r\n"
        guard case .forHost(let host, let target) = try read(text).get() else { throw Refusal.malformedHead }
        #expect(host == "b.amazonaws.com" && String(decoding: Array(text.utf8)[target], as: UTF8.self) == "/k?q")
        for host in ["c.amazonaws.com", "b.amazonaws.com:8080", "", "b.amazonaws.com.", "amazonaws.com"] {
            #expect(refusal("GET http://b.amazonaws.com/", host: host) == .otherHost)
            #expect(refusal("CONNECT b.amazonaws.com:443", host: host) == .otherHost)
            #expect(refusal("GET /k", host: host, tunnel: "b.amazonaws.com") == .misdirected)
        }
        #expect(read("GET http://b.amazonaws.com/ HTTP/1.0\r\n\r\n") == .failure(.otherHost))
        #expect(read("CONNECT b.amazonaws.com:443 HTTP/1.0\r\n\r\n") == .success(.tunnel(to: "b.amazonaws.com")))
        #expect(
            refusal("GET https://c.amazonaws.com/", host: "b.amazonaws.com", tunnel: "b.amazonaws.com") == .misdirected)
        #expect(
            refusal("GET http://b.amazonaws.com/", host: "b.amazonaws.com", tunnel: "b.amazonaws.com") == .notForProxy)
        #expect(refusal("GET https://b.amazonaws.com/", host: "b.amazonaws.com:443", tunnel: "b.amazonaws.com") == nil)
        #expect(
            refusal("CONNECT b.amazonaws.com:443", host: "b.amazonaws.com", tunnel: "b.amazonaws.com")
                == .unsupportedMethod)
    }

    /// Defends: a target without a path has its slash where the authority was, before the query.
    @Test func makesRoomForAPath() throws {
        for (line, rest) in [("http://b.amazonaws.com", "m"), ("http://b.amazonaws.com?a=/b", "m?a=/b")] {
            let text = "GET \(line) HTTP/1.1\r\nHost: b.amazonaws.com\r\n\r\n"
            guard case .forHost(_, let target) = try read(text).get() else { throw Refusal.malformedHead }
            #expect(String(decoding: Array(text.utf8)[target], as: UTF8.self) == rest)
        }
    }

    /// Defends: other hosts, other ports and other forms are refused by their reasons.
    @Test func refusesTheRest() {
        for target in ["example.com:443", "b.amazonaws.com:80", "[::1]:443", "169.254.169.254:443"] {
            #expect(refusal("CONNECT \(target)", host: target) == .foreignHost)
        }
        for target in [
            "b.amazonaws.com", "a@b.amazonaws.com:443", "https://b.amazonaws.com:443", "/", "b.amazonaws.com.:443",
        ] {
            #expect(refusal("CONNECT \(target)", host: "b.amazonaws.com") == .notForProxy)
        }
        #expect(refusal("GET http://b.amazonaws.com:8080/", host: "b.amazonaws.com:8080") == .foreignHost)
        for target in [
            "/k", "https://b.amazonaws.com/", "http://a@b.amazonaws.com/", "http://b.amazonaws.com#/",
            "http://b.amazonaws.com\\/",
        ] {
            #expect(refusal("GET \(target)", host: "b.amazonaws.com") == .notForProxy)
        }
        #expect(
            refusal("CONNECT b.amazonaws.com:443", host: "b.amazonaws.com", more: "Content-Length: 1\r\n")
                == .notForProxy)
    }
}
