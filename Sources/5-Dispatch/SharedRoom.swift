import HTTP
import World

/// Memory that callers take together, each of them a share at most: whoever fills a share is the only one to wait.
final class SharedRoom: Sendable {
    /// Whom what is taken counts for, besides all.
    enum Holder: Hashable, Sendable {
        /// A customer's address.
        case address(String)
        /// An access key, proved or only named.
        case key(String)
        /// All who name no key.
        case strangers
    }

    /// How much each may hold, in bytes.
    struct Shares: Sendable {
        let all, address, key, strangers: Int

        fileprivate func most(of holder: Holder) -> Int {
            switch holder {
            case .address: address
            case .key: key
            case .strangers: strangers
            }
        }
    }

    private struct Taken {
        var all = 0
        /// Those who hold nothing are not listed.
        var byHolder: [Holder: Int] = [:]
    }

    let shares: Shares
    private let taken = Lock(Taken())

    init(_ shares: Shares) { self.shares = shares }

    /// False, and nothing changes, where there is no room for so many more. Fewer are always taken.
    func add(_ more: Int, for holders: [Holder]) -> Bool {
        guard more != 0 else { return true }
        return taken.withLock { taken in
            if more > 0 {
                let fits = holders.allSatisfy { taken.byHolder[$0, default: 0] + more <= shares.most(of: $0) }
                guard fits, taken.all + more <= shares.all else { return false }
            }
            taken.all += more
            for holder in holders {
                let now = taken.byHolder[holder, default: 0] + more
                taken.byHolder[holder] = now > 0 ? now : nil
            }
            return true
        }
    }

    func remove(_ count: Int, for holders: [Holder]) { _ = add(-count, for: holders) }

    /// How much is taken now.
    var inUse: Int { taken.withLock { $0.all } }
    /// By how many holders.
    var holders: Int { taken.withLock { $0.byHolder.count } }
}

/// What one thing takes of a room for many. Given back with the last reference to it.
final class RoomPart: Sendable {
    private let room: SharedRoom
    private let holders: [SharedRoom.Holder]
    private let free: Int
    private let counted = Lock(0)

    /// - Parameter free: bytes that do not count.
    init(of room: SharedRoom, for connection: ConnectionFacts, key: String?, free: Int) {
        (self.room, self.free) = (room, free)
        holders = [.address(connection.customerAddress), key.map { .key($0) } ?? .strangers]
    }

    deinit { room.remove(counted.withLock { $0 }, for: holders) }

    /// Takes room for so many bytes in the place of what was taken. False, and nothing changes, where there is none.
    func take(_ count: Int) -> Bool {
        counted.withLock { counted in
            let now = max(0, count - free)
            guard room.add(now - counted, for: holders) else { return false }
            counted = now
            return true
        }
    }

    /// Whether anything counts.
    var isTaken: Bool { counted.withLock { $0 > 0 } }
}
