import CloudTrailAPI
import Crypto
import Formats

/// Where the next page of a lookup begins: a journal position, and a digest of the question it belongs to.
struct PageToken: Sendable {
    /// Events before this one, in the order of the journal.
    let position: Int64
    private let digest: [UInt8]

    private static let version: UInt8 = 1

    init(position: Int64, _ filter: EventFilter) {
        self.position = position
        digest = PageToken.digest(filter)
    }

    /// Nil where no token was sent.
    init?(_ text: String?, _ filter: EventFilter) throws {
        guard let text else { return nil }
        guard let bytes = Base64.decode(Array(text.utf8)), bytes.count == 17, bytes[0] == PageToken.version,
            Array(bytes[9...]) == PageToken.digest(filter)
        else { throw CloudTrail.InvalidNextTokenException(message: "The token is not one of this lookup.") }
        position = Int64(bitPattern: bytes[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        digest = Array(bytes[9...])
    }

    var text: String {
        let number = UInt64(bitPattern: position)
        let bytes = stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
        return Base64.encode([PageToken.version] + bytes + digest)
    }

    private static func digest(_ filter: EventFilter) -> [UInt8] {
        Array(SHA256.hash(Array(filter.fingerprint.utf8)).prefix(8))
    }
}
