import CSystem

/// What the edge has counted since it was made.
public struct EdgeStatistics: Sendable {
    /// Nothing yet.
    public init() {}

    /// Connections, from the start.
    public var accepted = 0
    /// Connections, now.
    public var open = 0
    /// Heads that were understood.
    public var requests = 0
    /// From clients.
    public var bytesIn = 0
    /// To clients.
    public var bytesOut = 0
    /// How often the edge refused, by reason; reasons that never came are absent.
    public var refused: [Refusal: Int] = [:]

    /// Adds what another loop or server has counted.
    public static func += (sum: inout EdgeStatistics, part: EdgeStatistics) {
        sum.accepted += part.accepted
        sum.open += part.open
        sum.requests += part.requests
        sum.bytesIn += part.bytesIn
        sum.bytesOut += part.bytesOut
        sum.refused.merge(part.refused, uniquingKeysWith: +)
    }
}

/// One loop's counters. Only the loop writes, so a load and a store make an increment; others may read at any time.
final class LoopCounters: @unchecked Sendable {
    enum Counter: Int { case accepted, open, requests, bytesIn, bytesOut, firstRefusal }

    // One block of counters that lives as long as this object; each is read and written atomically.
    private let block: UnsafeMutablePointer<Int64>
    private static let count = Counter.firstRefusal.rawValue + Refusal.allCases.count

    init() {
        block = .allocate(capacity: LoopCounters.count)
        block.initialize(repeating: 0, count: LoopCounters.count)
    }

    deinit { block.deallocate() }

    @inline(__always) func add(_ counter: Counter, _ amount: Int) {
        gh_counter_add(block + counter.rawValue, Int64(amount))
    }
    func refuse(_ reason: Refusal) { gh_counter_add(block + Counter.firstRefusal.rawValue + reason.rawValue, 1) }

    private func read(_ index: Int) -> Int { Int(gh_counter_read(block + index)) }

    var statistics: EdgeStatistics {
        var sum = EdgeStatistics()
        sum.accepted = read(Counter.accepted.rawValue)
        sum.open = read(Counter.open.rawValue)
        sum.requests = read(Counter.requests.rawValue)
        sum.bytesIn = read(Counter.bytesIn.rawValue)
        sum.bytesOut = read(Counter.bytesOut.rawValue)
        for reason in Refusal.allCases {
            let count = read(Counter.firstRefusal.rawValue + reason.rawValue)
            if count > 0 { sum.refused[reason] = count }
        }
        return sum
    }
}
