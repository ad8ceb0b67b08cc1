/// A number that many threads count up and few read: each thread adds to a word of its own.
public final class ThreadTally: Sendable {
    private let shards = ThreadShards(0)

    public init() {}

    public func count() { shards.withLock { $0 += 1 } }
    public var total: Int { shards.all.reduce(0, +) }
}
