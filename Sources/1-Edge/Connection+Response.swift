import CSystem
import HTTP
import World

/// From a handler's answer to bytes, and on to the next request.
extension Connection {
    /// Sends `response`. Returns when it is handed over, for a stream when it is at its end.
    func answer(_ response: Response) async {
        guard phase == .handling else { return }
        if let failure = body.failure {
            guard Connection.tells(failure, response) else { return refuse(failure) }
            loop.counters.refuse(failure)
            closesAfterResponse = true
        }
        if case .stream(let length, let stream) = response.body, mayHaveBody(response.status) {
            await sendStream(response, length, stream)
        } else {
            sendWhole(response)
        }
    }

    /// Whether a handler says itself, in its service's words, why a body was cut. Nothing else is right to say then.
    private static func tells(_ failure: Refusal, _ response: Response) -> Bool {
        failure == .bodyTooSlow && (400..<500).contains(response.status)
    }

    private func mayHaveBody(_ status: Int) -> Bool { !request.isHead && status != 204 && status != 304 }

    private func sendWhole(_ response: Response) {
        let framing: ResponseFraming
        var bytes: [UInt8] = []
        switch response.body {
        case .empty: framing = .length(0)
        case .bytes(let all): (framing, bytes) = (.length(Int64(all.count)), all)
        case .headOnly(let length): framing = request.isHead ? length.map { .length($0) } ?? .none : .length(0)
        case .stream(let length, _): framing = length.map { .length($0) } ?? .none
        }
        if !mayHaveBody(response.status) { bytes = [] }
        begin(response, response.status == 204 || response.status == 304 ? .none : framing)
        if session == nil, output.isEmpty, bytes.count <= EventLoop.smallAnswer {
            output.add(loop.headBuffer + bytes)
            if !isDeparting { loop.departs(self) }
            isDeparting = true
        } else {
            loop.headBuffer.withUnsafeBytes { send($0, bytes, []) }
            guard joinBacklog(bytes.count) else { return }
        }
        completeResponse()
    }

    /// The answer that `sendWhole` left for the end of the turn, where it is all there is to send.
    var departingAnswer: [UInt8]? { phase == .flushing ? output.only : nil }

    /// Sends what `sendWhole` left for the end of the loop's turn.
    /// - Parameter sent: what became of the answer where it was sent already: bytes, or a negative error number.
    func depart(_ sent: Int?) {
        isDeparting = false
        guard phase == .flushing else { return }
        deadline = loop.now + loop.limits.stallMilliseconds
        if let sent, sent != -Int(EAGAIN) {
            guard sent >= 0 else { return close() }
            count(sent)
            output.sent(sent)
        }
        flush()
        advance()
    }

    /// Writes the head into the loop's buffer and decides whether the connection lives on.
    private func begin(_ response: Response, _ framing: ResponseFraming) {
        // A body that the client holds back, or that is too long to throw away, stands between us and the next request.
        let isStuck = body.awaitsContinue || body.exceeds(loop.limits.discardBytes)
        closesAfterResponse =
            closesAfterResponse || !request.keepsAlive || loop.isDraining || framing == .untilClose || isStuck
        loop.headBuffer.removeAll(keepingCapacity: true)
        ResponseHead.append(response, framing, closes: closesAfterResponse, loop: loop, to: &loop.headBuffer)
    }

    /// The response is written or queued to its last byte.
    private func completeResponse() {
        guard phase != .closed else { return }
        request.task = nil
        phase = .flushing
        advance()
    }

    /// The response has left.
    func finishResponse() -> Bool {
        if let tunnelIdentity {
            beginTunnel(tunnelIdentity)
        } else if closesAfterResponse {
            beginLinger()
        } else if body.isComplete {
            awaitRequest()
        } else {
            phase = .discarding
            body.received = 0
            deadline = loop.now + loop.limits.headerMilliseconds
        }
        return phase != .closed
    }

    func awaitRequest() {
        phase = .head
        request = RequestState()
        body = IncomingBody()
        heldBytes = .max
        serial += 1
        let isBetween = pendingStart == pending.count
        deadline = loop.now + (isBetween ? loop.limits.idleMilliseconds : loop.limits.headerMilliseconds)
    }

    /// Answers for the edge itself, and closes.
    func refuse(_ reason: Refusal) {
        loop.counters.refuse(reason)
        loop.log(.debug, "request refused", ["reason": "\(reason)", "peer": facts.peerAddress])
        sendError(reason.status, reason.advice)
    }

    /// A short text, no internals; the connection ends with it.
    private func sendError(_ status: Int, _ advice: StaticString? = nil) {
        closesAfterResponse = true
        var text = Array("\(status) ".utf8)
        ResponseHead.reason(status).withUTF8Buffer { text.append(contentsOf: $0) }
        text.append(HeadSyntax.lineFeed)
        if let advice {
            advice.withUTF8Buffer { text.append(contentsOf: $0) }
            text.append(HeadSyntax.lineFeed)
        }
        var response = Response(status: status, body: .bytes(text))
        response.header.add("Content-Type", "text/plain")
        sendWhole(response)
    }

    // MARK: Streams

    /// Pulls `stream` as the socket takes it. The head goes with the first piece, so that a stream which fails at once
    /// can still be answered with an error.
    private func sendStream(_ response: Response, _ length: Int64?, _ stream: any ResponseStream) async {
        phase = .streaming
        let framing = length.map { ResponseFraming.length($0) } ?? (request.isHTTP11 ? .chunked : .untilClose)
        var sent: Int64 = 0
        var hasBegun = false
        do {
            while phase == .streaming {
                let piece = try await stream.next()
                guard phase == .streaming else { return }
                loop.headBuffer.removeAll(keepingCapacity: true)
                if !hasBegun { begin(response, framing) }
                hasBegun = true
                guard let piece else { return endStream(framing, sent) }
                sent += Int64(piece.count)
                if let length, sent > length { throw StreamTooLong() }
                sendPiece(piece, framing)
                guard await flushed() else { return }
            }
        } catch {
            guard phase == .streaming else { return }
            loop.log(.warning, "a response stream failed", ["sent": "\(sent)", "reason": "\(error)"])
            // Cut short, the client sees that something is missing.
            if hasBegun { close() } else { sendError(500) }
        }
    }

    private struct StreamTooLong: Error {}

    private func sendPiece(_ piece: [UInt8], _ framing: ResponseFraming) {
        let isChunk = framing == .chunked && !piece.isEmpty
        if isChunk { loop.headBuffer.append(contentsOf: "\(String(piece.count, radix: 16))\r\n".utf8) }
        loop.headBuffer.withUnsafeBytes { send($0, piece, isChunk ? [13, 10] : []) }
    }

    private func endStream(_ framing: ResponseFraming, _ sent: Int64) {
        if case .length(let length) = framing, sent < length {
            loop.log(.warning, "a response stream ended short of its length", ["sent": "\(sent)"])
            return close()
        }
        if framing == .chunked { loop.headBuffer.append(contentsOf: "0\r\n\r\n".utf8) }
        if !loop.headBuffer.isEmpty { loop.headBuffer.withUnsafeBytes { send($0, [], []) } }
        completeResponse()
    }
}
