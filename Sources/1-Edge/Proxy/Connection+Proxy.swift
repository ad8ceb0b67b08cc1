import CSystem
import HTTP
import World

/// A connection to the forward proxy: every request on it is for a host that is served, or is refused here.
extension Connection {
    private static let established: StaticString = "HTTP/1.1 200 Connection established\r\n\r\n"

    /// Makes of a request to the proxy one to the host it names: its target is in origin form then. False where it opened a
    /// tunnel, and nothing is left to dispatch.
    @inline(never) func takeProxied(
        _ head: inout ParsedHead, _ raw: inout [UInt8], _ proxy: ForwardProxy
    ) throws(Refusal) -> Bool {
        if let tunnelHost {
            head.target = try ProxyRequest.readTunneled(head, raw, to: tunnelHost)
            raw[head.target.lowerBound] = UInt8(ascii: "/")
            return true
        }
        do throws(Refusal) {
            switch try ProxyRequest.read(head, raw, serves: proxy.serves) {
            case .forHost(_, let target):
                head.target = target
                raw[target.lowerBound] = UInt8(ascii: "/")
                return true
            case .tunnel(let host):
                try openTunnel(to: host, proxy)
                return false
            }
        } catch {
            loop.tellRefused(error, Connection.asked(head, raw), by: facts.peerAddress)
            throw error
        }
    }

    /// Says yes; the handshake begins when that has left.
    private func openTunnel(to host: String, _ proxy: ForwardProxy) throws(Refusal) {
        // Whoever sends on before the answer did not wait to know whether this is a tunnel.
        guard pendingStart == pending.count, !loop.isDraining else { throw .notForProxy }
        do { tunnelIdentity = try proxy.identity(of: host) } catch {
            loop.log(.error, "no certificate could be made", ["host": host, "error": "\(error)"])
            throw .handshakeFailed
        }
        tunnelHost = host
        let line = Connection.established
        send(UnsafeRawBufferPointer(start: line.utf8Start, count: line.utf8CodeUnitCount), [], [])
        if phase != .closed { phase = .flushing }
    }

    /// From here on the client speaks TLS.
    func beginTunnel(_ identity: TLSIdentity) {
        tunnelIdentity = nil
        guard let session = identity.accept(on: descriptor) else { return close() }
        self.session = session
        phase = .handshake
        deadline = loop.now + loop.limits.headerMilliseconds
        isReadable = true
    }

    /// Host and port of a target, for the log: neither users before them nor paths, which may hold secrets.
    private static func asked(_ head: ParsedHead, _ raw: [UInt8]) -> String {
        var rest = raw[head.target].prefix(512)
        if let scheme = rest.firstIndex(of: UInt8(ascii: "/")), rest.first != UInt8(ascii: "/") {
            rest = rest[scheme...].drop { $0 == UInt8(ascii: "/") }
        }
        rest = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        if let user = rest.lastIndex(of: UInt8(ascii: "@")) { rest = rest[(user + 1)...] }
        return String(decoding: rest.prefix(255), as: UTF8.self)
    }
}

extension EventLoop {
    /// Tells the operator of a refusal of the proxy, of one in a second: a client in a loop must not fill the disk.
    func tellRefused(_ reason: Refusal, _ asked: String, by peer: String) {
        guard now >= nextProxyLine else { return }
        nextProxyLine = now + 1000
        log(.info, "the proxy refused a request", ["reason": "\(reason)", "for": asked, "peer": peer])
    }
}
