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
struct RateGuard {
    private var waitingSince: Int64?
    private var waited: Int64 = 0
    private var bytes: Int64 = 0

    mutating func startWaiting(_ now: Int64) { waitingSince = now }

    mutating func got(_ count: Int, _ now: Int64) {
        bytes += Int64(count)
        if let since = waitingSince { waited += now - since }
        waitingSince = nil
    }

    /// True where a whole window of waiting brought too little. A window that brought enough begins anew.
    mutating func isTooSlow(_ now: Int64, _ limits: EdgeLimits) -> Bool {
        guard let since = waitingSince, waited + now - since >= limits.bodyWindowMilliseconds else { return false }
        if bytes * 1000 < limits.minimumBodyRate * limits.bodyWindowMilliseconds { return true }
        (waitingSince, waited, bytes) = (now, 0, 0)
        return false
    }
}
