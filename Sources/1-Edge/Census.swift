import World

/// How many connections are open, in all and from each address, over all loops.
final class Census: Sendable {
    /// One IPv4 address, or one /64 of IPv6, which is what one IPv6 customer has at least.
    struct Origin: Hashable, Sendable {
        let network: UInt64
        let host: UInt64
    }

    private struct Counts {
        var open = 0
        var byOrigin: [Origin: Int] = [:]
    }

    private let counts = Lock(Counts())
    private let limit: Int
    private let limitPerOrigin: Int

    init(limit: Int, limitPerOrigin: Int) { (self.limit, self.limitPerOrigin) = (limit, limitPerOrigin) }

    /// Counts a connection in, or tells why there is no place. An exempt one counts only in all.
    func enter(_ origin: Origin?) throws(Refusal) {
        try counts.withLock { counts throws(Refusal) in
            guard counts.open < limit else { throw .tooManyConnections }
            if let origin {
                let already = counts.byOrigin[origin, default: 0]
                guard already < limitPerOrigin else { throw .tooManyFromAddress }
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
        }
    }
}
