import Authentication
import HTTP
import Smithy
import World

/// What an answer of megabytes takes of the memory for such answers, from when it is made until its last byte has left. Given
/// back with the last reference to it.
///
/// Whoever asks for many and reads none of them fills his share, and waits alone.
public final class AnswerRoom: Sendable {
    private let part: RoomPart

    /// For all answers together 128 MiB, of which an address or a key has a half: one of the longest, which is metadata of ten
    /// million characters that are all written as references.
    static func shared() -> SharedRoom {
        let half = 64 << 20
        return SharedRoom(.init(all: 2 * half, address: half, key: half, strangers: half))
    }

    init(in room: SharedRoom, for facts: RequestFacts) {
        part = RoomPart(of: room, for: facts.connection, key: facts.caller.accessKeyID, free: 1 << 20)
    }

    /// Takes room for an answer of so many bytes, before it is made. - Throws: `AnswersFull`, and nothing changes.
    func take(_ count: Int) throws(AnswersFull) {
        guard part.take(count) else { throw AnswersFull() }
    }

    /// Whether the answer is so long that it counts.
    fileprivate var isTaken: Bool { part.isTaken }
}

/// Other long answers take all the room there is for them, or the caller's own his share of it. The request may come again.
/// - Source: "Common Error Types" of the services' API references.
struct AnswersFull: ServiceError {
    let code = "ServiceUnavailable"
    let httpStatus = 503
    let message = "The request has failed due to a temporary failure of the server."
}

extension Response {
    /// The same answer, which keeps its room until it has left.
    func keeping(_ room: AnswerRoom) -> Response {
        guard room.isTaken, case .bytes(let bytes) = body else { return self }
        var kept = self
        kept.body = .stream(length: Int64(bytes.count), KeptAnswer(bytes, room))
        return kept
    }
}

/// An answer that is made already, given in pieces.
private final class KeptAnswer: ResponseStream {
    private let bytes: [UInt8]
    private let room: AnswerRoom
    private let sent = Lock(0)
    private static let pieceBytes = 256 << 10

    init(_ bytes: [UInt8], _ room: AnswerRoom) { (self.bytes, self.room) = (bytes, room) }

    func next() async throws -> [UInt8]? {
        let start = sent.withLock { sent in
            defer { sent = min(sent + KeptAnswer.pieceBytes, bytes.count) }
            return sent
        }
        guard start < bytes.count else { return nil }
        return Array(bytes[start..<min(start + KeptAnswer.pieceBytes, bytes.count)])
    }
}
