import HTTP

/// What is known of the request in hand.
struct RequestState {
    var isHTTP11 = true
    var isHead = false
    var keepsAlive = true
    /// The task that answers it.
    var task: Task<Void, Never>?
}

/// From bytes to a request.
extension Connection {
    /// Reads until a head is there, and hands it to the handler.
    func readHead() -> Bool {
        if scanned < pending.count - pendingStart, takePendingHead() { return true }
        while phase == .head {
            switch receive(loop.scratch) {
            case .blocked: return false
            case .ended:
                // Between requests this is the usual end; within one there is nobody left to answer.
                close()
                return false
            case .bytes(let count):
                let fresh = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(loop.scratch)[..<count])
                if takeFresh(fresh) { return true }
            }
        }
        return phase != .closed
    }

    private func takePendingHead() -> Bool {
        let bytes = pending
        return bytes.withUnsafeBytes {
            takeHead(UnsafeRawBufferPointer(rebasing: $0[pendingStart...]), isPending: true)
        }
    }

    /// Most requests arrive in one piece and are parsed where they were read; only what is left over is kept.
    private func takeFresh(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if pending.isEmpty {
            deadline = loop.now + loop.limits.headerMilliseconds
            return takeHead(bytes, isPending: false)
        }
        pending.append(contentsOf: bytes)
        return takePendingHead()
    }

    /// True where the phase moved on.
    private func takeHead(_ bytes: UnsafeRawBufferPointer, isPending: Bool) -> Bool {
        let start = emptyLine(bytes)
        if start == 1 {
            keep(bytes, from: 0, isPending: isPending)
            return false
        }
        let span = UnsafeRawBufferPointer(rebasing: bytes[start...]).bindMemory(to: UInt8.self)
        do throws(Refusal) {
            let end = start == bytes.count ? nil : try HeadParser.end(of: span.span, scanned: &scanned)
            guard let end, end <= loop.limits.headBytes else {
                if span.count > loop.limits.headBytes { throw .headTooLarge }
                keep(bytes, from: start, isPending: isPending)
                return false
            }
            let raw = [UInt8](span[..<end])
            let head = try HeadParser(
                fieldCount: loop.limits.fieldCount, takesTunnels: loop.proxy != nil && tunnelHost == nil
            ).parse(raw.span)
            keep(bytes, from: start + end, isPending: isPending)
            try begin(head, raw)
        } catch {
            refuse(error)
        }
        return true
    }

    /// One empty line before a request line is allowed (RFC 9112, 2.2). Its bytes: 0 or 2, or 1 where only half of it
    /// is there.
    private func emptyLine(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard scanned == 0, !skippedEmptyLine, bytes.count > 0, bytes[0] == HeadSyntax.carriageReturn else { return 0 }
        if bytes.count == 1 { return 1 }
        guard bytes[1] == HeadSyntax.lineFeed else { return 0 }
        skippedEmptyLine = true
        return 2
    }

    private func keep(_ bytes: UnsafeRawBufferPointer, from start: Int, isPending: Bool) {
        if isPending {
            pendingStart += start
            if pendingStart == pending.count { (pending, pendingStart) = ([], 0) }
        } else if start < bytes.count {
            pending.append(contentsOf: bytes[start...])
        }
    }

    private func begin(_ parsed: ParsedHead, _ bytes: [UInt8]) throws(Refusal) {
        var (head, raw) = (parsed, bytes)
        (scanned, skippedEmptyLine) = (0, false)
        deadline = .max
        serial += 1
        loop.counters.add(.requests, 1)
        request = RequestState(isHTTP11: head.isHTTP11, isHead: head.isHead, keepsAlive: head.keepsAlive)
        body = IncomingBody(head, loop.limits)
        if case .length(let length) = head.framing, length > loop.limits.bodyBytes { throw .bodyTooLarge }
        if let proxy = loop.proxy, try !takeProxied(&head, &raw, proxy) { return }
        try decodePending()
        let request = RequestHead(
            raw: raw, method: head.method, target: head.target, fields: head.fields, isHTTP11: head.isHTTP11,
            connection: facts)
        dispatch(request, hasBody: head.framing != .none)
    }

    private func dispatch(_ head: RequestHead, hasBody: Bool) {
        phase = .handling
        loop.activeHandlers += 1
        let reader: any RequestBody = hasBody ? ConnectionBody(self, serial) : EmptyBody.only
        request.task = Task(executorPreference: loop) { [self] in
            let response = await loop.handler(head, reader)
            await answer(response)
            // Off the loop only when that has ended and counts no more.
            if loop.isCurrent { loop.activeHandlers -= 1 }
        }
    }
}
