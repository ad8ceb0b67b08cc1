import World

/// How many connections are open, in all, from each address and from each site, over all loops.
final class Census: Sendable {
    /// One IPv4 address, or one /64 of IPv6, which is what one IPv6 customer has at least.
    struct Origin: Hashable, Sendable {
        /// The first eight bytes of the address in memory's order; zero for IPv4.
        let network: UInt64
        /// Zero for IPv6.
        let host: UInt64

        /// The /48 of IPv6, which is what one customer has at most, as a rule; nil for IPv4.
        /// - Source: RFC 6177, 2.
        var site: UInt64? { host == 0 ? network.littleEndian & 0xFFFF_FFFF_FFFF : nil }
    }

    private struct Counts {
        var open = 0
        var byOrigin: [Origin: Int] = [:]
        var bySite: [UInt64: Int] = [:]
    }

    private let counts = Lock(Counts())
    private let limit: Int
    private let limitPerOrigin: Int
    private let limitPerSite: Int
    /// Answers that wait for their clients.
    let backlog: Backlog

    init(limit: Int, _ limits: EdgeLimits) {
        (self.limit, limitPerOrigin) = (limit, limits.connectionsPerAddress)
        limitPerSite = max(limits.connectionsPerSite, limitPerOrigin)
        backlog = Backlog(limit: limits.waitingAnswerBytes, limitPerOrigin: limits.waitingAnswerBytesPerAddress)
    }

    /// Counts a connection in, or tells why there is no place. An exempt one counts only in all.
    func enter(_ origin: Origin?) throws(Refusal) {
        try counts.withLock { counts throws(Refusal) in
            guard counts.open < limit else { throw .tooManyConnections }
            if let origin {
                let already = counts.byOrigin[origin, default: 0]
                guard already < limitPerOrigin else { throw .tooManyFromAddress }
                if let site = origin.site {
                    let already = counts.bySite[site, default: 0]
                    guard already < limitPerSite else { throw .tooManyFromAddress }
                    counts.bySite[site] = already + 1
                }
                counts.byOrigin[origin] = already + 1
            }
            counts.open += 1
        }
    }

    func leave(_ origin: Origin?) {
        counts.withLock { counts in
            counts.open -= 1
            guard let origin, let already = counts.byOrigin[origin] else { return }
            counts.byOrigin[origin] = already > 1 ? already - 1 : nil
            guard let site = origin.site, let already = counts.bySite[site] else { return }
            counts.bySite[site] = already > 1 ? already - 1 : nil
        }
    }

    /// How many addresses and sites have connections.
    var listed: (addresses: Int, sites: Int) { counts.withLock { ($0.byOrigin.count, $0.bySite.count) } }
}
