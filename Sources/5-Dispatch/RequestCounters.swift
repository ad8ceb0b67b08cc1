import World

/// How many requests of each operation ended with which status, since the start.
public final class RequestCounters: Sendable {
    public struct Key: Hashable, Sendable {
        public let service: String
        public let operation: String
        public let status: Int
    }

    /// The successes of one operation, found without a look-up by name.
    final class Tally: Sendable {
        private let key: Key
        private let number = ThreadTally()

        init(_ key: Key) { self.key = key }

        func count() { number.count() }
        var current: (key: Key, count: Int) { (key, number.total) }
    }

    private let counts = Lock<[Key: Int]>([:])
    private let tallies = Lock<[Tally]>([])

    public init() {}

    /// One for the answers of that status.
    func tally(service: String, operation: String, status: Int) -> Tally {
        let tally = Tally(Key(service: service, operation: operation, status: status))
        tallies.withLock { $0.append(tally) }
        return tally
    }

    func count(service: String, operation: String?, status: Int) {
        counts.withLock { $0[Key(service: service, operation: operation ?? "none", status: status), default: 0] += 1 }
    }

    /// How often each operation answered with each status.
    public var snapshot: [(key: Key, count: Int)] {
        var sum = counts.withLock { $0 }
        for tally in tallies.withLock({ $0 }) {
            let (key, count) = tally.current
            if count > 0 { sum[key, default: 0] += count }
        }
        return sum.map { (key: $0.key, count: $0.value) }.sorted {
            ($0.key.service, $0.key.operation, $0.key.status) < ($1.key.service, $1.key.operation, $1.key.status)
        }
    }
}
