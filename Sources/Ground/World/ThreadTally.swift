/// A number that many threads count up and few read: each thread adds to a word of its own.
public final class ThreadTally: Sendable {
    private let shards = ThreadShards(0)

    /// Begins at 0.
    public init() {}

    /// Counts one more.
    public func count() { shards.withLock { $0 += 1 } }
    /// The sum of what all threads counted.
    public var total: Int { shards.all.reduce(0, +) }
}
