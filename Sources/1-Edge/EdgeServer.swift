import CSystem
public import HTTP
public import World

/// The front of the house: HTTP/1.1, plain and over TLS, on several event loops.
///
/// Each loop has a listening socket of its own on every address; the kernel spreads connections over them. A handler
/// runs on the loop of its connection and must not block it.
public final class EdgeServer: Sendable {
    /// Why the server could not be made, for the operator.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        init(_ description: String) { self.description = description }
    }

    /// The addresses in the order given, with the ports that were got.
    public let boundAddresses: [ListenAddress]
    private let loops: [EventLoop]
    private let state = Lock(State())

    private struct State {
        var isDraining = false
        var unfinished = 0
        var waiting: CheckedContinuation<Void, Never>?
    }

    /// Binds and listens; nothing is accepted before `run`.
    /// - Parameters:
    ///   - loops: how many threads; the number of cores is right.
    ///   - proxy: makes all its addresses a forward proxy's, where there is no TLS but in tunnels.
    public init(
        addresses: [(ListenAddress, TLSIdentity?)], limits: EdgeLimits = EdgeLimits(), loops count: Int, log: Log,
        clock: any Clock = SystemClock(), proxy: ForwardProxy? = nil, handler: @escaping Handler
    ) throws(Failure) {
        let files = EdgeLimits.openFiles
        let census = Census(limit: min(limits.connections, max(files - limits.filesAside, files / 2)), limits)
        var loops: [EventLoop] = []
        for _ in 0..<max(1, count) {
            loops.append(
                try EventLoop(
                    limits: limits, handler: handler, proxy: proxy, census: census, log: log, clock: clock))
        }
        var bound: [ListenAddress] = []
        for (address, identity) in addresses {
            bound.append(try EdgeServer.listen(on: address, identity, hops: limits.hops, with: loops))
        }
        (self.loops, boundAddresses) = (loops, bound)
    }

    /// Opens one socket per loop on the same port.
    private static func listen(
        on address: ListenAddress, _ identity: TLSIdentity?, hops: Int?, with loops: [EventLoop]
    ) throws(Failure) -> ListenAddress {
        // A shared port would let a second server steal half of the first one's connections: try it unshared first.
        if address.port != 0 { close(try bind(address, sharing: false)) }
        var address = address
        for loop in loops {
            let descriptor = try bind(address, sharing: true)
            let port = gh_local_port(descriptor)
            if let hops, gh_limit_hops(descriptor, Int32(clamping: hops)) != 0 {
                throw Failure("cannot limit hops on \(address)")
            }
            guard gh_listen(descriptor, 1024) == 0, port > 0 else { throw Failure("cannot listen on \(address)") }
            address.port = UInt16(port)
            try loop.listen(on: Listener(descriptor: descriptor, port: address.port, identity: identity))
        }
        return address
    }

    /// Whether the addresses can be had at this moment.
    /// - Throws: `Failure` for the first that cannot.
    public static func tryOut(_ addresses: [ListenAddress]) throws(Failure) {
        for address in addresses { close(try bind(address, sharing: false)) }
    }

    private static func bind(_ address: ListenAddress, sharing: Bool) throws(Failure) -> Int32 {
        let descriptor = gh_bind(address.host, address.port, sharing ? 1 : 0)
        switch descriptor {
        case 0...: return descriptor
        case -EADDRINUSE: throw Failure("cannot listen on \(address): another program has the port")
        case -EACCES: throw Failure("cannot listen on \(address): ports below 1024 need the right to bind them")
        case -EADDRNOTAVAIL: throw Failure("cannot listen on \(address): this machine does not have the address")
        default: throw Failure("cannot listen on \(address): \(SystemFault.text(-descriptor))")
        }
    }

    /// Serves until `drain` was called and all requests in flight are done or out of time. Call once.
    public func run() async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.unfinished = loops.count
                state.waiting = continuation
            }
            for loop in loops { LoopThread.start(loop) { self.loopEnded() } }
        }
    }

    private func loopEnded() {
        let waiting = state.withLock { state in
            state.unfinished -= 1
            return state.unfinished == 0 ? state.waiting.take() : nil
        }
        waiting?.resume()
    }

    /// Stops accepting, lets requests in flight finish, closes idle connections. From any thread, any number of times.
    public func drain() {
        let isFirst = state.withLock { state in
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if isFirst { for loop in loops { loop.later { loop.drain() } } }
    }

    /// What all loops have counted.
    public var statistics: EdgeStatistics {
        loops.reduce(into: EdgeStatistics()) { $0 += $1.counters.statistics }
    }
}
