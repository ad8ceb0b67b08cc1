import World

/// How many bytes of whole answers wait for clients to take them, in all, for each address and for each site, over all loops.
///
/// A client that takes a byte now and then is not cut, so whoever opens many connections and reads from none of them could
/// otherwise fill the memory with answers, even without a signature where a bucket is open to everybody.
final class Backlog: Sendable {
    private struct Waiting {
        var all = 0
        /// Those for whom nothing waits are not listed.
        var byOrigin: [Census.Origin: Int] = [:]
        var bySite: [UInt64: Int] = [:]
    }

    private let waiting = Lock(Waiting())
    private let limit: Int
    private let limitPerOrigin: Int

    init(limit: Int, limitPerOrigin: Int) { (self.limit, self.limitPerOrigin) = (limit, limitPerOrigin) }

    /// False, and nothing changes, where too much waits already. What is for an exempt address counts only in all.
    func add(_ bytes: Int, for origin: Census.Origin?) -> Bool {
        waiting.withLock { waiting in
            guard waiting.all + bytes <= limit else { return false }
            if let origin {
                let own = waiting.byOrigin[origin, default: 0] + bytes
                guard own <= limitPerOrigin else { return false }
                if let site = origin.site {
                    // A site has no more than an address: it is as cheap to have one.
                    let own = waiting.bySite[site, default: 0] + bytes
                    guard own <= limitPerOrigin else { return false }
                    waiting.bySite[site] = own
                }
                waiting.byOrigin[origin] = own
            }
            waiting.all += bytes
            return true
        }
    }

    func remove(_ bytes: Int, for origin: Census.Origin?) {
        waiting.withLock { waiting in
            waiting.all -= bytes
            guard let origin, let own = waiting.byOrigin[origin] else { return }
            waiting.byOrigin[origin] = own > bytes ? own - bytes : nil
            guard let site = origin.site, let own = waiting.bySite[site] else { return }
            waiting.bySite[site] = own > bytes ? own - bytes : nil
        }
    }
}
