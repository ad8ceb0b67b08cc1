import HTTP

/// Handing a request's body to its handler, and dropping what it did not want.
extension Connection {
    /// The most that one call of `next` gives: large enough to make its cost small, small enough to be held by many.
    private static let pieceBytes = 128 << 10

    /// The next piece where it is at hand.
    func readBody(_ serial: Int) -> IncomingBody.Step {
        guard serial == self.serial, phase != .closed else { return .failed(.disconnected) }
        if let failure = body.failure { return .failed(Connection.error(of: failure)) }
        let step = body.awaitsContinue ? .blocked : pull()
        switch step {
        case .piece(let bytes):
            body.received += Int64(bytes.count)
            body.rate.got(bytes.count, loop.now, loop.limits)
            loop.didMove(bytes.count)
            if body.received > loop.limits.bodyBytes {
                body.failure = .bodyTooLarge
                return .failed(.tooLarge)
            }
        case .failed(.malformedChunk): body.failure = .malformedChunk
        default: break
        }
        return step
    }

    /// From here on the body is judged as one that is kept in memory.
    func holdBody(_ serial: Int) {
        if serial == self.serial { body.rate.isHeld = true }
    }

    /// All of a body of known length, where its last byte has come and none of it was read. Nil tells nothing.
    func takeWholeBody(_ serial: Int) -> [UInt8]? {
        guard serial == self.serial, !body.awaitsContinue, body.received == 0, case .length(let rest) = body.framing,
            rest > 0, rest <= pending.count - pendingStart, case .piece(let bytes) = readBody(serial)
        else { return nil }
        return bytes
    }

    /// Keeps `reader` until a piece, the end or a failure is there.
    func awaitBody(_ serial: Int, _ reader: UnsafeContinuation<[UInt8]?, any Error>) {
        precondition(body.reader == nil, "a body has one reader at a time")
        guard serial == self.serial, phase != .closed else {
            return reader.resume(throwing: RequestBodyError.disconnected)
        }
        body.reader = reader
        body.rate.startWaiting(loop.now)
        if body.awaitsContinue {
            body.awaitsContinue = false
            // Who sent some of the body already does not wait for the word.
            if pendingStart == pending.count, body.decoded.isEmpty { sendContinue() }
        }
        _ = serveBodyReader()
    }

    /// Gives a waiting reader what has come. Never moves the phase.
    @inline(never) func serveBodyReader() -> Bool {
        guard body.reader != nil else { return false }
        switch readBody(serial) {
        case .blocked: break
        case .piece(let bytes): body.reader.take()?.resume(returning: bytes)
        case .end: body.reader.take()?.resume(returning: nil)
        case .failed(let error): body.reader.take()?.resume(throwing: error)
        }
        return false
    }

    func failBodyReader(_ error: RequestBodyError) { body.reader.take()?.resume(throwing: error) }

    static func error(of refusal: Refusal) -> RequestBodyError {
        switch refusal {
        case .bodyTooSlow: .tooSlow
        case .bodyTooLarge: .tooLarge
        default: .malformedChunk
        }
    }

    /// After the response: true where the body is at its end and the next request may come.
    func discardBody() -> Bool {
        while !body.isComplete {
            guard body.received <= loop.limits.discardBytes else {
                beginLinger()
                return phase != .closed
            }
            switch pull() {
            case .piece(let bytes): body.received += Int64(bytes.count)
            case .end: break
            case .blocked: return false
            case .failed:
                beginLinger()
                return phase != .closed
            }
        }
        awaitRequest()
        return true
    }

    // MARK: From the socket

    private func pull() -> IncomingBody.Step {
        if !body.decoded.isEmpty { return .piece(take(&body.decoded)) }
        switch body.framing {
        case .length(0): return .end
        case .length(let rest): return pullCounted(rest)
        case .chunked(let parser): return parser.isDone ? .end : pullChunked()
        }
    }

    private func pullCounted(_ rest: Int64) -> IncomingBody.Step {
        var bytes: [UInt8]
        if pendingStart < pending.count {
            let count = Int(min(Int64(pending.count - pendingStart), rest))
            bytes = takePending(count)
        } else {
            guard isReadable || inputEnded else { return .blocked }
            let room = Int(min(rest, Int64(Connection.pieceBytes)))
            bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                // TLS gives a record of at most 16 KiB at a time; several make a piece.
                repeat {
                    let rest = UnsafeMutableBufferPointer(rebasing: buffer[count..<room])
                    if case .bytes(let got) = receive(UnsafeMutableRawBufferPointer(rest)) { count += got }
                } while session != nil && count < room && isReadable && !inputEnded
            }
            if bytes.isEmpty { return inputEnded ? .failed(.disconnected) : .blocked }
        }
        body.framing = .length(rest - Int64(bytes.count))
        return .piece(bytes)
    }

    private func pullChunked() -> IncomingBody.Step {
        while body.decoded.isEmpty, !body.isComplete {
            if pendingStart == pending.count {
                switch receive(loop.scratch) {
                case .blocked: return .blocked
                case .ended: return .failed(.disconnected)
                case .bytes(let count):
                    (pending, pendingStart) = ([UInt8](loop.scratch[..<count]), 0)
                }
            }
            do throws(Refusal) { try decodePending() } catch { return .failed(.malformedChunk) }
        }
        return body.decoded.isEmpty ? .end : .piece(take(&body.decoded))
    }

    /// Decodes what has been read of a chunked body. Called as soon as a head is read, so that bad syntax that came
    /// with it is refused before any handler sees the request.
    func decodePending() throws(Refusal) {
        guard case .chunked(var parser) = body.framing, pendingStart < pending.count, !parser.isDone else { return }
        body.framing = .length(0)
        defer { body.framing = .chunked(parser) }
        let used = try parser.consume(
            pending.span.extracting(pendingStart..<pending.count), into: &body.decoded, room: .max)
        pendingStart += used
        if pendingStart == pending.count { (pending, pendingStart) = ([], 0) }
    }

    private func takePending(_ count: Int) -> [UInt8] {
        if pendingStart == 0, count == pending.count { return take(&pending) }
        let bytes = [UInt8](pending[pendingStart..<pendingStart + count])
        pendingStart += count
        if pendingStart == pending.count { (pending, pendingStart) = ([], 0) }
        return bytes
    }

    private func take(_ bytes: inout [UInt8]) -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}
