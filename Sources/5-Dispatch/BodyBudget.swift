import Authentication
import HTTP
import Smithy
import Wire
import World

/// Who sends a body, as far as its head tells.
enum BodySender: Sendable {
    /// The head names no key.
    case stranger
    /// The head names a key of somebody's, and nothing is proved.
    case named(String)
    /// The signature over the head was verified, and the body's hash is in it.
    case proved(String)

    init(_ claim: Authenticator.HeadClaim) {
        self = claim.isProved ? .proved(claim.accessKeyID) : .named(claim.accessKeyID)
    }

    var isSigned: Bool {
        if case .stranger = self { return false }
        return true
    }
}

/// The memory that request bodies may take together while they are read whole. Who sends one is known only when all of it is
/// here, so nobody without a key may fill the memory with many that never end.
///
/// Bodies count by what has arrived of them, from `free` bytes on: what is short is read whatever others send. All connections
/// together hold at most `bytes`, and `free` for each of them. Those from one address hold at most `share`, so that whoever
/// fills it is the only one to wait: the rest is there for everybody else. Behind a proxy all are of the proxy's address.
/// Those who name no key hold at most a half, however many addresses they have, and so do those who name the same one.
///
/// What a body has beyond a usual document counts in a room of its own, so that a few long ones leave the room of all others
/// alone.
public final class BodyBudget: Sendable {
    private let usual: SharedRoom
    private let long: SharedRoom
    let free: Int

    /// - Parameter bytes: for all bodies. - Parameter share: for those from one address; nil for a quarter. No share is less than
    /// a usual document. - Parameter free: of each body, what does not count.
    public init(bytes: Int = 192 << 20, share: Int? = nil, free: Int = 16 << 10) {
        self.free = free
        func part(_ count: Int) -> Int { min(bytes, max(count, largestUsualDocument)) }
        let half = part(bytes / 2)
        usual = SharedRoom(
            .init(all: bytes, address: share.map { min(bytes, $0) } ?? part(bytes / 4), key: half, strangers: half))
        // Two of the longest, of which an address or a key has one.
        let one = BodyBudget.longest
        long = SharedRoom(.init(all: 2 * one, address: one, key: one, strangers: one))
    }

    private static let longest = 32 << 20

    /// A document that is longer than a share would never be read.
    func check(_ operations: [AnyOperation]) {
        precondition(
            operations.allSatisfy { $0.largestDocument <= BodyBudget.longest },
            "no document is longer than an address may send")
    }

    /// Counts `now` bytes for a body in the place of `before`.
    /// - Throws: `BodiesFull`, and nothing changes.
    fileprivate func count(_ now: Int, insteadOf before: Int, for holders: [SharedRoom.Holder]) throws(BodiesFull) {
        let more = min(now, largestUsualDocument) - min(before, largestUsualDocument)
        guard usual.add(more, for: holders) else { throw BodiesFull() }
        let rest = max(0, now - largestUsualDocument) - max(0, before - largestUsualDocument)
        guard long.add(rest, for: holders) else {
            usual.remove(more, for: holders)
            throw BodiesFull()
        }
    }

    fileprivate func release(_ counted: Int, for holders: [SharedRoom.Holder]) {
        usual.remove(min(counted, largestUsualDocument), for: holders)
        long.remove(max(0, counted - largestUsualDocument), for: holders)
    }

    /// For those from one address.
    var share: Int { usual.shares.address }
    /// How much is counted now.
    var inUse: Int { usual.inUse }
    /// By how many holders.
    var holders: Int { usual.holders }
}

/// What one body takes of a budget. Given back with the last reference to it.
final class BodyRoom: Sendable {
    private let budget: BodyBudget
    private let holders: [SharedRoom.Holder]
    private let counted = Lock(0)

    /// For a body that comes over that connection; nothing of it has arrived.
    init(in budget: BodyBudget, for connection: ConnectionFacts, by sender: BodySender = .stranger) {
        self.budget = budget
        let holder: SharedRoom.Holder =
            switch sender {
            case .stranger: .strangers
            case .named(let key), .proved(let key): .key(key)
            }
        holders = [.address(connection.customerAddress), holder]
    }

    deinit {
        let counted = counted.withLock { $0 }
        if counted > 0 { budget.release(counted, for: holders) }
    }

    /// Takes room for the body, which is now `count` bytes long. - Throws: `BodiesFull`, and nothing changes.
    func grow(to count: Int) throws(BodiesFull) {
        try counted.withLock { counted throws(BodiesFull) in
            let now = max(0, count - budget.free)
            guard now != counted else { return }
            try budget.count(now, insteadOf: counted, for: holders)
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
