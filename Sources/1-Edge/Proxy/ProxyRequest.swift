import HTTP

/// What a request asks of a forward proxy that answers for some hosts itself.
public enum ProxyRequest: Equatable, Sendable {
    /// It is for `host`; `target` is where its path and query are.
    case forHost(String, target: Range<Int>)
    /// Bytes to and from port 443 of `host` are to follow: TLS.
    case tunnel(to: String)

    /// Reads a head that came to the proxy itself.
    ///
    /// The target says where the request goes, and Host is what is signed: where they differ, a request that was signed for one
    /// host would reach another, so they must not.
    /// - Parameter serves: whether a host, in lower case, is answered for.
    /// - Source: RFC 9112, 3.2.2 and 3.2.3; RFC 9110, 9.3.6.
    public static func read(
        _ head: ParsedHead, _ raw: [UInt8], serves: (String) -> Bool
    ) throws(Refusal) -> ProxyRequest {
        if head.isConnect { return try tunnel(head, raw, serves) }
        guard let target = try absolute(head, raw, scheme: "http://") else { throw .notForProxy }
        guard serves(target.authority.host), target.authority.port ?? 80 == 80 else { throw .foreignHost }
        guard host(head, raw, isHostOf: target.authority.host, port: 80) else { throw .otherHost }
        return .forHost(target.authority.host, target: target.path)
    }

    /// Reads a head that came through the tunnel to `host`; where its path and query are.
    public static func readTunneled(_ head: ParsedHead, _ raw: [UInt8], to host: String) throws(Refusal) -> Range<Int> {
        var path = head.target
        if let target = try absolute(head, raw, scheme: "https://") {
            guard target.authority.host == host, target.authority.port ?? 443 == 443 else { throw .misdirected }
            path = target.path
        } else {
            guard raw[path.lowerBound] == UInt8(ascii: "/") else { throw .notForProxy }
        }
        guard ProxyRequest.host(head, raw, isHostOf: host, port: 443) else { throw .misdirected }
        return path
    }

    private static func tunnel(
        _ head: ParsedHead, _ raw: [UInt8], _ serves: (String) -> Bool
    ) throws(Refusal) -> ProxyRequest {
        guard let target = HostAndPort(raw[head.target]), let port = target.port else { throw .notForProxy }
        guard serves(target.host), port == 443 else { throw .foreignHost }
        // Old clients send none.
        guard hosts(head, raw).isEmpty || host(head, raw, isHostOf: target.host, port: 443) else { throw .otherHost }
        guard head.framing == .none else { throw .notForProxy }
        return .tunnel(to: target.host)
    }

    /// The parts of an absolute target; nil for another form. Where there is no path, the last byte of the authority, which
    /// is not needed any more, is where the slash is to be.
    private static func absolute(
        _ head: ParsedHead, _ raw: [UInt8], scheme: StaticString
    ) throws(Refusal) -> (authority: HostAndPort, path: Range<Int>)? {
        let target = head.target
        let start = target.lowerBound + scheme.utf8CodeUnitCount
        guard start < target.upperBound, HeadSyntax.matches(raw.span, target.lowerBound..<start, scheme) else {
            return nil
        }
        let end =
            raw[start..<target.upperBound].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            ?? target.upperBound
        guard let authority = HostAndPort(raw[start..<end]) else { throw .notForProxy }
        let hasPath = end < target.upperBound && raw[end] == UInt8(ascii: "/")
        return (authority, (hasPath ? end : end - 1)..<target.upperBound)
    }

    private static func hosts(_ head: ParsedHead, _ raw: [UInt8]) -> [RequestHead.Field] {
        head.fields.filter { HeadSyntax.matches(raw.span, $0.name, "host") }
    }

    /// Whether the request has one Host, which is `name`, at `port` or at none.
    private static func host(_ head: ParsedHead, _ raw: [UInt8], isHostOf name: String, port: UInt16) -> Bool {
        let all = hosts(head, raw)
        guard all.count == 1, let said = HostAndPort(raw[all[0].value]) else { return false }
        return said.host == name && said.port ?? port == port
    }
}
