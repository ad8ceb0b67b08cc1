import World

/// How many requests of each operation ended with which status, since the start.
public final class RequestCounters: Sendable {
    public struct Key: Hashable, Sendable {
        public let service: String
        public let operation: String
        public let status: Int
    }

    private let counts = Lock<[Key: Int]>([:])

    public init() {}

    func count(service: String, operation: String?, status: Int) {
        counts.withLock { $0[Key(service: service, operation: operation ?? "none", status: status), default: 0] += 1 }
    }

    public var snapshot: [(key: Key, count: Int)] {
        counts.withLock { $0.map { (key: $0.key, count: $0.value) } }.sorted {
            ($0.key.service, $0.key.operation, $0.key.status) < ($1.key.service, $1.key.operation, $1.key.status)
        }
    }
}
