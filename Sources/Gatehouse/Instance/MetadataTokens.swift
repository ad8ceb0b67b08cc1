import Crypto
import Formats
import World

/// The session tokens of a metadata service: random, good on this instance alone, until they end.
/// - Source: EC2 User Guide, "How Instance Metadata Service Version 2 works".
final class MetadataTokens: Sendable {
    private let clock: any Clock
    private let ends = Lock<[String: Instant]>([:])

    /// Seconds that a token may live.
    static let lifetimes = 1...21_600
    /// An application needs one; nobody needs this many at a time.
    private static let capacity = 10_000

    init(_ clock: any Clock) { self.clock = clock }

    /// Nil where there are too many.
    func issue(seconds: Int) -> String? {
        let token = Base64.encode(SecureRandom.bytes(42))
        let now = clock.wallTime()
        return ends.withLock { ends in
            if ends.count >= MetadataTokens.capacity { ends = ends.filter { now < $0.value } }
            guard ends.count < MetadataTokens.capacity else { return nil }
            ends[token] = now + .seconds(seconds)
            return token
        }
    }

    func isGood(_ token: String) -> Bool {
        let now = clock.wallTime()
        return ends.withLock { $0[token] }.map { now < $0 } ?? false
    }
}
