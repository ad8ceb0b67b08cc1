import CSystem
import HTTP
import World

/// One loop's listening socket.
struct Listener {
    let descriptor: Int32
    let port: UInt16
    let identity: TLSIdentity?
    var isPaused = false

    func shut() { close(descriptor) }
}

extension EventLoop {
    /// Takes some of the waiting connections; more are told again.
    func accept(from index: Int) {
        guard index < listeners.count else { return }
        let listener = listeners[index]
        for _ in 0..<64 {
            var peer = gh_peer()
            let descriptor = gh_accept(listener.descriptor, &peer)
            guard descriptor >= 0 else {
                if descriptor == -EMFILE || descriptor == -ENFILE || descriptor == -ENOBUFS || descriptor == -ENOMEM {
                    log(.warning, "no descriptor or memory for a connection; accepting pauses")
                    pause(index)
                }
                if descriptor == -ECONNABORTED { continue }
                return
            }
            counters.add(.accepted, 1)
            open(descriptor, peer, listener)
        }
    }

    private func open(_ descriptor: Int32, _ peer: gh_peer, _ listener: Listener) {
        let isLoopback = peer.is_loopback == 1
        // IPv4 is told apart by all of its address, IPv6 by its network.
        let host = peer.is_mapped == 1 ? peer.host : 0
        let origin = isLoopback && limits.loopbackIsExempt ? nil : Census.Origin(network: peer.network, host: host)
        do throws(Refusal) {
            try census.enter(origin)
        } catch {
            return turnAway(descriptor, error, isPlain: listener.identity == nil)
        }
        let session = listener.identity?.accept(on: descriptor)
        guard let token = watch(descriptor), listener.identity == nil || session != nil else {
            close(descriptor)
            return census.leave(origin)
        }
        let facts = ConnectionFacts(
            peerAddress: EventLoop.text(of: peer), isLoopback: isLoopback, localPort: listener.port, tls: nil)
        adopt(
            Connection(
                loop: self, descriptor: descriptor, token: token, origin: origin, facts: facts, session: session))
    }

    private static func text(of peer: gh_peer) -> String {
        withUnsafeBytes(of: peer.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// One short answer, where it can be understood, and the end.
    private func turnAway(_ descriptor: Int32, _ reason: Refusal, isPlain: Bool) {
        counters.refuse(reason)
        log(.debug, "connection refused", ["reason": "\(reason)"])
        if isPlain {
            let text: StaticString =
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            _ = gh_send3(descriptor, text.utf8Start, text.utf8CodeUnitCount, nil, 0, nil, 0)
            shutdown(descriptor, Int32(SHUT_WR))
        }
        close(descriptor)
    }
}
