import CSystem
import HTTP

/// One client's connection, from accept to close.
///
/// A connection is always in one phase, and `advance` moves it on as far as the socket allows: read a head, let the
/// handler answer while it reads the body, write the answer, throw away what is left of the body, begin again. All of
/// it happens on the loop's thread; whoever comes from elsewhere goes through `EventLoop.perform`.
final class Connection: @unchecked Sendable {
    enum Phase {
        case handshake
        /// Waiting for, or in the middle of, a request's head.
        case head
        /// The handler has the request.
        case handling
        /// A stream is being sent; its task drives.
        case streaming
        /// The response is made; the socket has not taken all of it.
        case flushing
        /// The response is sent; the rest of the body is read and dropped.
        case discarding
        /// Our side is shut; the peer may still be sending.
        case lingering
        case closed
    }

    let loop: EventLoop
    let descriptor: Int32
    let token: UInt64
    let origin: Census.Origin?
    var facts: ConnectionFacts
    /// From the start, or since a tunnel was opened.
    var session: TLSSession?
    /// The host that the client reached through the proxy, with the identity that the handshake is to begin with.
    var tunnelHost: String?
    var tunnelIdentity: TLSIdentity?

    var phase: Phase
    /// A moment of `EventLoop.now` at which the phase has lasted too long.
    var deadline: Int64

    // What the socket is known to have for us. Edge-triggered: true until a call says otherwise.
    var isReadable = false
    var inputEnded = false
    private var peerClosed = false

    /// Bytes that were read and not used yet, from `pendingStart`.
    var pending: [UInt8] = []
    var pendingStart = 0
    /// How much of a head in `pending` was already searched for its end.
    var scanned = 0
    var skippedEmptyLine = false

    var request = RequestState()
    var body = IncomingBody()
    var output = Output()
    /// Whether `output` waits for the end of the loop's turn.
    var isDeparting = false
    /// Counts requests, so that a body kept beyond its request reads nothing of the next one.
    var serial = 0
    var closesAfterResponse = false
    /// Of a whole answer that the socket did not take at once: what of it counts in the backlog.
    var waitingBytes = 0
    /// Bytes the kernel held unacknowledged when a stall was last looked at.
    var heldBytes = Int.max

    private var isAdvancing = false

    init(
        loop: EventLoop, descriptor: Int32, token: UInt64, origin: Census.Origin?, facts: ConnectionFacts,
        session: TLSSession?
    ) {
        (self.loop, self.descriptor, self.token, self.origin) = (loop, descriptor, token, origin)
        (self.facts, self.session) = (facts, session)
        phase = session == nil ? .head : .handshake
        deadline = loop.now + loop.limits.headerMilliseconds
    }

    /// What epoll told.
    func take(_ event: gh_event) {
        if event.readable != 0 { isReadable = true }
        if event.ended != 0 { peerClosed = true }
        if event.broken != 0 { return close() }
        if event.writable != 0, !output.isEmpty { flush() }
        advance()
    }

    /// Goes on as far as possible. A call from within is left to the one outside, so that pipelined requests make a
    /// loop and no recursion.
    func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while step() {}
    }

    /// One step; false where only an event or the handler can bring the next.
    private func step() -> Bool {
        switch phase {
        case .handshake: handshake()
        case .head: readHead()
        case .handling, .streaming: serveBodyReader()
        case .flushing: endFlushing()
        case .discarding: discardBody()
        case .lingering: linger()
        case .closed: false
        }
    }

    // Not inlined, as with `serveBodyReader`: else every step would look at what only this phase needs.
    @inline(never) private func endFlushing() -> Bool { output.isEmpty ? finishResponse() : false }

    private func handshake() -> Bool {
        guard let session else { return false }
        switch session.handshake() {
        case .bytes:
            facts = ConnectionFacts(
                peerAddress: facts.peerAddress, isLoopback: facts.isLoopback, localPort: facts.localPort,
                tls: session.facts)
            (phase, isReadable) = (.head, true)
            return true
        case .blocked:
            isReadable = false
        case .ended, .failed:
            loop.counters.refuse(.handshakeFailed)
            close()
        }
        return false
    }

    // MARK: Reading

    enum Received { case bytes(Int), blocked, ended }

    /// Reads once. `ended` stays, also for failures: nothing more will come either way.
    func receive(_ buffer: UnsafeMutableRawBufferPointer) -> Received {
        guard !inputEnded else { return .ended }
        guard isReadable else { return .blocked }
        let count: Int
        if let session {
            switch session.read(buffer) {
            case .bytes(let got): count = got
            case .blocked: count = -Int(EAGAIN)
            case .ended, .failed: count = 0
            }
        } else {
            count = gh_receive(descriptor, buffer.baseAddress, buffer.count)
            // A short read emptied the socket; the next bytes are told anew. An end already told is not.
            if count > 0, count < buffer.count, !peerClosed { isReadable = false }
        }
        if count > 0 {
            loop.counters.add(.bytesIn, count)
            return .bytes(count)
        }
        if count == -Int(EAGAIN) {
            isReadable = false
            return .blocked
        }
        inputEnded = true
        return .ended
    }

    // MARK: Ending

    /// Ends at once. Readers and writers of this connection learn of it; the handler's answer will be dropped.
    func close() {
        guard phase != .closed else { return }
        // A stream nobody can receive is told to stop. Other handlers finish what they began.
        if phase == .streaming { request.task?.cancel() }
        phase = .closed
        deadline = .max
        session?.close()
        CSystem.close(descriptor)
        loop.forget(self)
        (pending, pendingStart) = ([], 0)
        output.drop()
        leaveBacklog()
        failBodyReader(.disconnected)
    }

    /// The last response is out: shut our side, but read on for a while. Closing with bytes unread would reset the
    /// connection, and a reset can overtake the response.
    func beginLinger() {
        session?.close()
        guard !inputEnded else { return close() }
        shutdown(descriptor, Int32(SHUT_WR))
        (pending, pendingStart) = ([], 0)
        phase = .lingering
        deadline = loop.now + loop.limits.lingerMilliseconds
        isReadable = true
    }

    private func linger() -> Bool {
        for _ in 0..<16 {
            let count = gh_receive(descriptor, loop.scratch.baseAddress, loop.scratch.count)
            if count == -Int(EAGAIN) { return false }
            if count <= 0 {
                close()
                return false
            }
        }
        loop.later { self.advance() }
        return false
    }

    /// On drain: who has nothing in flight goes now; the others end with their response.
    func drain() {
        if phase == .handshake || phase == .head && pendingStart == pending.count { close() }
    }
}
