import CSystem
import HTTP

/// Putting bytes on the wire.
extension Connection {
    private static let continueLine: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    func sendContinue() {
        let line = Connection.continueLine
        send(UnsafeRawBufferPointer(start: line.utf8Start, count: line.utf8CodeUnitCount), [], [])
    }

    /// Sends three pieces in one call where the socket takes them; keeps the rest for `flush`.
    func send(_ head: UnsafeRawBufferPointer, _ body: [UInt8], _ tail: [UInt8]) {
        guard phase != .closed else { return }
        if !output.isEmpty || session != nil { return sendJoined(head, body, tail) }
        let total = head.count + body.count + tail.count
        let taken = gh_send3(descriptor, head.baseAddress, head.count, body, body.count, tail, tail.count)
        guard taken >= 0 || taken == -Int(EAGAIN) else { return close() }
        let sent = max(0, taken)
        count(sent)
        guard sent < total else { return }
        if sent < head.count { output.add([UInt8](head[sent...])) }
        output.add(body, from: max(0, sent - head.count))
        output.add(tail, from: max(0, sent - head.count - body.count))
        deadline = loop.now + loop.limits.stallMilliseconds
    }

    /// Takes note of bytes that the kernel took.
    func count(_ sent: Int) {
        loop.counters.add(.bytesOut, sent)
        loop.didMove(sent)
    }

    /// Joined, so that TLS makes few records of it.
    private func sendJoined(_ head: UnsafeRawBufferPointer, _ body: [UInt8], _ tail: [UInt8]) {
        guard output.isEmpty else {
            output.add([UInt8](head))
            output.add(body)
            output.add(tail)
            return
        }
        loop.wireBuffer.removeAll(keepingCapacity: loop.wireBuffer.capacity < 1 << 20)
        loop.wireBuffer.append(contentsOf: head)
        loop.wireBuffer.append(contentsOf: body)
        loop.wireBuffer.append(contentsOf: tail)
        let sent = write(loop.wireBuffer, from: 0)
        guard phase != .closed, sent < loop.wireBuffer.count else { return }
        output.add([UInt8](loop.wireBuffer[sent...]))
        deadline = loop.now + loop.limits.stallMilliseconds
    }

    /// Writes as much as the socket takes now; the count. A failure closes.
    private func write(_ bytes: [UInt8], from start: Int) -> Int {
        bytes.withUnsafeBytes { all in
            var sent = 0
            while start + sent < all.count {
                let rest = UnsafeRawBufferPointer(rebasing: all[(start + sent)...])
                let taken = writeOnce(rest)
                if taken == -Int(EAGAIN) { break }
                guard taken > 0 else {
                    close()
                    break
                }
                sent += taken
            }
            count(sent)
            return sent
        }
    }

    private func writeOnce(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let session else { return gh_send3(descriptor, bytes.baseAddress, bytes.count, nil, 0, nil, 0) }
        return switch session.write(bytes) {
        case .bytes(let count): count
        case .blocked: -Int(EAGAIN)
        case .ended, .failed: 0
        }
    }

    /// Sends on when the socket can take more.
    func flush() {
        while let first = output.first {
            let sent = write(first, from: output.offset)
            guard phase != .closed else { return }
            output.sent(sent)
            if sent > 0 { (deadline, heldBytes) = (loop.now + loop.limits.stallMilliseconds, .max) }
            if output.first != nil, sent == 0 { return }
        }
        deadline = .max
        leaveBacklog()
        output.waiter.take()?.resume(returning: true)
    }

    /// Counts a whole answer of which something waits. Where too much waits already it is cut, and false.
    func joinBacklog(_ count: Int) -> Bool {
        guard phase != .closed, !output.isEmpty else { return true }
        guard loop.census.backlog.add(count, for: origin) else {
            loop.counters.refuse(.answersWaiting)
            close()
            return false
        }
        waitingBytes += count
        return true
    }

    func leaveBacklog() {
        guard waitingBytes > 0 else { return }
        loop.census.backlog.remove(waitingBytes, for: origin)
        waitingBytes = 0
    }

    /// Waits until everything is with the kernel; false where the connection is gone.
    func flushed() async -> Bool {
        if loop.shouldYield() { await Task.yield() }
        guard phase != .closed else { return false }
        if output.isEmpty { return true }
        // Unchecked: `flush` and `drop` resume it once, when they take it out.
        return await withUnsafeContinuation { output.waiter = $0 }
    }
}

extension EventLoop {
    /// After so many bytes moved without going through epoll, others get their turn.
    private static let fairShare = 1 << 20

    func didMove(_ count: Int) { movedBytes += count }

    func shouldYield() -> Bool {
        guard movedBytes > EventLoop.fairShare else { return false }
        movedBytes = 0
        return true
    }
}
