import Smithy
import Wire
import World

/// The memory that request bodies may take together while they are read whole. Who sends one is known only when all of it is
/// here, so nobody without a key may fill the memory with many that never end.
///
/// Bodies count by what has arrived of them, from `free` bytes on: what is short is read whatever others send. All connections
/// together hold at most `bytes`, and `free` for each of them.
public final class BodyBudget: Sendable {
    private let taken = Lock(0)
    private let bytes: Int
    private let free: Int

    /// - Parameter bytes: for all bodies. - Parameter free: of each body, what does not count.
    public init(bytes: Int = 256 << 20, free: Int = 16 << 10) { (self.bytes, self.free) = (bytes, free) }

    /// Takes room for a body that is now `count` bytes long, of which `held` were counted before.
    /// - Returns: how much is counted now. - Throws: `BodiesFull`, and nothing changes.
    func grow(to count: Int, from held: Int) throws(BodiesFull) -> Int {
        let counted = max(0, count - free)
        let isThere = taken.withLock { taken in
            guard counted == held || taken + counted - held <= bytes else { return false }
            taken += counted - held
            return true
        }
        guard isThere else { throw BodiesFull() }
        return counted
    }

    func release(_ counted: Int) {
        guard counted > 0 else { return }
        taken.withLock { $0 -= counted }
    }

    /// How much is counted now.
    var inUse: Int { taken.withLock { $0 } }
}

/// Other bodies take all the room there is for bodies. The request may come again.
/// - Source: "Common Error Types" of the services' API references; S3 API Reference, "Error responses".
struct BodiesFull: ServiceError {
    let code = "ServiceUnavailable"
    let httpStatus = 503
    let message = "The request has failed due to a temporary failure of the server."

    /// As S3 says it.
    static let asS3 = WireError("SlowDown", "Please reduce your request rate.", status: 503)
}
