import World

/// How many requests of each operation ended with which status, since the start.
package final class RequestCounters: Sendable {
    package struct Key: Hashable, Sendable {
        package let service: String
        package let operation: String
        package let status: Int
    }

    private let counts = Lock<[Key: Int]>([:])

    package init() {}

    func count(service: String, operation: String?, status: Int) {
        counts.withLock { $0[Key(service: service, operation: operation ?? "none", status: status), default: 0] += 1 }
    }

    package var snapshot: [(key: Key, count: Int)] {
        counts.withLock { $0.map { (key: $0.key, count: $0.value) } }.sorted {
            ($0.key.service, $0.key.operation, $0.key.status) < ($1.key.service, $1.key.operation, $1.key.status)
        }
    }
}
