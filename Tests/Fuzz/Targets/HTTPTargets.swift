import Edge
import HTTP

/// What the edge makes of a request's bytes: nil where the head is not complete or is refused.
func parsedHead(_ bytes: [UInt8]) -> (head: RequestHead, end: Int)? {
    var scanned = 0
    guard let end = try? HeadParser.end(of: bytes.span, scanned: &scanned) else { return nil }
    guard let parsed = try? HeadParser(fieldCount: 100).parse(bytes.span.extracting(0..<end)) else { return nil }
    let head = RequestHead(
        raw: Array(bytes[..<end]), method: parsed.method, target: parsed.target, fields: parsed.fields,
        isHTTP11: parsed.isHTTP11,
        connection: ConnectionFacts(peerAddress: "127.0.0.1", isLoopback: true, localPort: 4566, tls: nil))
    return (head, end)
}

/// Slow arrival changes nothing, and every range lies within the head.
@Sendable func fuzzHead(_ input: [UInt8]) {
    func end(by step: Int) -> Result<Int?, Refusal> {
        var scanned = 0
        var have = 0
        do throws(Refusal) {
            while have < input.count {
                have = min(input.count, have + step)
                if let end = try HeadParser.end(of: input.span.extracting(0..<have), scanned: &scanned) {
                    return .success(end)
                }
            }
            return .success(nil)
        } catch { return .failure(error) }
    }
    let whole = end(by: max(1, input.count))
    let slow = end(by: 1)
    if case .success(let end?) = whole {
        require(slow == whole, "a head ends elsewhere when it comes byte by byte: \(slow), not \(whole)")
        require(end <= input.count, "a head ends beyond its bytes")
    }
    guard let (head, end) = parsedHead(input) else { return }
    for range in [head.method, head.target] + head.fields.flatMap({ [$0.name, $0.value] }) {
        require(range.lowerBound >= 0 && range.upperBound <= end, "a range beyond the head")
    }
    require(!head.method.isEmpty && !head.target.isEmpty, "a head without method or target")
    require(head.count(of: "host") <= 1, "two Hosts were taken")
    require(
        head.count(of: "content-length") == 0 || head.count(of: "transfer-encoding") == 0, "two framings were taken")
    for field in head.fields {
        require(!head.bytes(field.value).contains { $0 == 0 || $0 == 10 || $0 == 13 }, "a control byte in a value")
    }
}

/// The same body, whatever the pieces it comes in.
@Sendable func fuzzChunkedBody(_ input: [UInt8]) {
    func body(by step: Int, room: Int) -> (bytes: [UInt8], isDone: Bool, refusal: Refusal?) {
        var parser = ChunkParser(lineLimit: 256, trailerLimit: 1024)
        var bytes: [UInt8] = []
        var at = 0
        while at < input.count, !parser.isDone {
            let piece = at..<min(input.count, at + step)
            var used = 0
            do throws(Refusal) {
                used = try parser.consume(input.span.extracting(piece), into: &bytes, room: room)
            } catch { return (bytes, false, error) }
            require(used > 0, "no byte was used, though there was room")
            require(used <= piece.count, "more bytes were used than there are")
            at += used
        }
        return (bytes, parser.isDone, nil)
    }
    let whole = body(by: max(1, input.count), room: .max)
    let slow = body(by: 1, room: 1)
    require(
        whole.bytes == slow.bytes && whole.isDone == slow.isDone && whole.refusal == slow.refusal,
        "pieces change the body")
    require(whole.bytes.count <= input.count, "a body longer than its frames")
}

/// Whatever the proxy takes is of one host, which is served, and its target lies within the head.
@Sendable func fuzzProxyRequest(_ input: [UInt8]) {
    var scanned = 0
    guard let end = try? HeadParser.end(of: input.span, scanned: &scanned) else { return }
    let raw = Array(input[..<end])
    guard let head = try? HeadParser(fieldCount: 100, takesTunnels: true).parse(raw.span) else { return }
    let suffix = ".amazonaws.com"
    guard let request = try? ProxyRequest.read(head, raw, serves: { $0.hasSuffix(suffix) }) else { return }
    let host: String
    switch request {
    case .tunnel(let name):
        host = name
        require(head.isConnect && head.framing == .none, "a tunnel with a body")
    case .forHost(let name, let target):
        host = name
        require(!target.isEmpty && target.lowerBound > head.target.lowerBound, "no room for a path")
        require(target.upperBound == head.target.upperBound, "a target that ends elsewhere")
    }
    require(host.hasSuffix(suffix) && host == host.lowercased(), "a host that is not served")
    require(host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x40 && $0 != 0x3A }, "a byte that no name has")
    let said = head.fields.filter { String(decoding: raw[$0.name], as: UTF8.self).lowercased() == "host" }
    require(said.allSatisfy { HostAndPort(raw[$0.value])?.host == host }, "a Host of another host")
}
