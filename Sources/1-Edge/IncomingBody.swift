import HTTP

/// How much of the current request's body is still to come, and in which form.
struct IncomingBody {
    enum Framing { case length(Int64), chunked(ChunkParser) }

    /// What reading gave.
    enum Step { case piece([UInt8]), end, blocked, failed(RequestBodyError) }

    var framing: Framing
    /// Chunked bytes already decoded and not handed out.
    var decoded: [UInt8] = []
    var received: Int64 = 0
    var declaredLength: Int64?
    /// The client waits for `100 Continue` before it sends.
    var awaitsContinue = false
    /// What went wrong; the answer will be this refusal, whatever the handler says.
    var failure: Refusal?
    var reader: UnsafeContinuation<[UInt8]?, any Error>?
    var rate = RateGuard()

    init() { (framing, declaredLength) = (.length(0), 0) }

    init(_ head: ParsedHead, _ limits: EdgeLimits) {
        switch head.framing {
        case .none: (framing, declaredLength) = (.length(0), 0)
        case .length(let length): (framing, declaredLength) = (.length(length), length)
        case .chunked:
            framing = .chunked(ChunkParser(lineLimit: limits.chunkLineBytes, trailerLimit: limits.trailerBytes))
        }
        awaitsContinue = head.expectsContinue
    }

    /// Whether the last byte has been read from the connection.
    var isComplete: Bool {
        switch framing {
        case .length(let rest): rest == 0
        case .chunked(let parser): parser.isDone
        }
    }

    /// Whether so much is known to be left that reading it would be a waste.
    func exceeds(_ limit: Int64) -> Bool {
        if case .length(let rest) = framing { return rest > limit }
        return false
    }
}

/// Judges how fast a body comes, in the time in which somebody waits for it.
///
/// Waiting uses up patience, and what comes gives some of it back, never more than there was at first. So a body that comes
/// fast enough may pause, and one that trickles is cut however regularly its bytes come: a body of so many bytes is waited for
/// no longer than `bodyPatienceMilliseconds` and the time which it takes at the least rate.
struct RateGuard {
    private var waitingSince: Int64?
    /// Patience that is used up: bytes at the least rate, so that nothing is lost by rounding.
    private var spent: Int64 = 0
    /// Whether the body is kept in memory until its end.
    var isHeld = false

    mutating func startWaiting(_ now: Int64) { waitingSince = now }

    mutating func got(_ count: Int, _ now: Int64, _ limits: EdgeLimits) {
        let waited = waitingSince.map { (now - $0) * rate(limits) } ?? 0
        spent = max(0, spent + waited - Int64(count) * 1000)
        waitingSince = nil
    }

    /// True where no patience is left.
    func isTooSlow(_ now: Int64, _ limits: EdgeLimits) -> Bool {
        guard let since = waitingSince else { return false }
        return spent + (now - since) * rate(limits) >= limits.bodyPatienceMilliseconds * rate(limits)
    }

    private func rate(_ limits: EdgeLimits) -> Int64 { isHeld ? limits.heldBodyRate : limits.streamedBodyRate }
}
