import HTTP
import Smithy
import Wire
import World

/// The memory that request bodies may take together while they are read whole. Who sends one is known only when all of it is
/// here, so nobody without a key may fill the memory with many that never end.
///
/// Bodies count by what has arrived of them, from `free` bytes on: what is short is read whatever others send. All connections
/// together hold at most `bytes`, and `free` for each of them. Those from one address hold at most `share`, so that whoever
/// fills it is the only one to wait: the rest is there for everybody else. Behind a proxy all are of the proxy's address.
///
/// What a body has beyond a usual document counts in a room of its own, so that a few long ones leave the room of all others
/// alone.
public final class BodyBudget: Sendable {
    private struct Taken {
        var all = 0
        /// Those who hold nothing are not listed.
        var byAddress: [String: Int] = [:]

        /// False, and nothing changes, where there is no room for so many more.
        mutating func add(_ more: Int, from address: String, most: Int, _ share: Int) -> Bool {
            let own = byAddress[address, default: 0] + more
            guard more <= 0 || all + more <= most && own <= share else { return false }
            all += more
            byAddress[address] = own > 0 ? own : nil
            return true
        }

        mutating func remove(_ count: Int, from address: String) {
            all -= count
            let rest = byAddress[address, default: 0] - count
            byAddress[address] = rest > 0 ? rest : nil
        }
    }

    private let taken = Lock(Taken())
    private let long = Lock(Taken())
    private let bytes: Int
    let share: Int
    let free: Int

    /// - Parameter bytes: for all bodies. - Parameter share: for those from one address; nil for a quarter, which is never
    /// less than a usual document. - Parameter free: of each body, what does not count.
    public init(bytes: Int = 192 << 20, share: Int? = nil, free: Int = 16 << 10) {
        (self.bytes, self.free) = (bytes, free)
        self.share = min(bytes, share ?? max(bytes / 4, largestUsualDocument))
    }

    /// Beyond a usual document: for all bodies, and for those from one address, two of the longest and one of them.
    private static let longBytes = 64 << 20

    /// A document that is longer than a share would never be read.
    func check(_ operations: [AnyOperation]) {
        precondition(
            operations.allSatisfy { $0.largestDocument <= BodyBudget.longBytes / 2 },
            "no document is longer than an address may send")
    }

    /// Counts `now` bytes for a body of that address in the place of `before`.
    /// - Throws: `BodiesFull`, and nothing changes.
    fileprivate func count(_ now: Int, insteadOf before: Int, from address: String) throws(BodiesFull) {
        let usual = min(now, largestUsualDocument) - min(before, largestUsualDocument)
        guard taken.withLock({ $0.add(usual, from: address, most: bytes, share) }) else { throw BodiesFull() }
        let rest = max(0, now - largestUsualDocument) - max(0, before - largestUsualDocument)
        guard
            rest == 0
                || long.withLock({ $0.add(rest, from: address, most: BodyBudget.longBytes, BodyBudget.longBytes / 2) })
        else {
            taken.withLock { $0.remove(usual, from: address) }
            throw BodiesFull()
        }
    }

    fileprivate func release(_ counted: Int, from address: String) {
        taken.withLock { $0.remove(min(counted, largestUsualDocument), from: address) }
        if counted > largestUsualDocument { long.withLock { $0.remove(counted - largestUsualDocument, from: address) } }
    }

    /// How much is counted now.
    var inUse: Int { taken.withLock { $0.all } }
    /// From how many addresses.
    var addresses: Int { taken.withLock { $0.byAddress.count } }
}

/// What one body takes of a budget. Given back with the last reference to it.
final class BodyRoom: Sendable {
    private let budget: BodyBudget
    private let address: String
    private let counted = Lock(0)

    /// For a body that comes over that connection; nothing of it has arrived.
    init(in budget: BodyBudget, for connection: ConnectionFacts) {
        (self.budget, address) = (budget, connection.customerAddress)
    }

    deinit {
        let counted = counted.withLock { $0 }
        if counted > 0 { budget.release(counted, from: address) }
    }

    /// Takes room for the body, which is now `count` bytes long. - Throws: `BodiesFull`, and nothing changes.
    func grow(to count: Int) throws(BodiesFull) {
        try counted.withLock { counted throws(BodiesFull) in
            let now = max(0, count - budget.free)
            guard now != counted else { return }
            try budget.count(now, insteadOf: counted, from: address)
            counted = now
        }
    }
}

/// Other bodies take all the room there is for bodies, or those from the same address their share of it. The request may come
/// again.
/// - Source: "Common Error Types" of the services' API references; S3 API Reference, "Error responses".
struct BodiesFull: ServiceError {
    let code = "ServiceUnavailable"
    let httpStatus = 503
    let message = "The request has failed due to a temporary failure of the server."

    /// As S3 says it.
    static let asS3 = WireError("SlowDown", "Please reduce your request rate.", status: 503)
}
