import CSystem

/// A plain blocking client that sends exactly the bytes it is given. Reads give up after a minute.
final class Client: @unchecked Sendable {
    struct Answer {
        var status: Int
        var header: String
        var body: [UInt8]
        func has(_ line: String) -> Bool { header.lowercased().contains("\r\n" + line.lowercased() + "\r\n") }
    }

    struct Failure: Error { let what: String }

    let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isOpen = true

    init(port: UInt16, ipv6: Bool = false) throws {
        descriptor = gh_connect(ipv6 ? "::1" : "127.0.0.1", port)
        guard descriptor >= 0 else { throw Failure(what: "connect: \(-descriptor)") }
        var wait = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { hangUp() }

    func hangUp() {
        if isOpen { close(descriptor) }
        isOpen = false
    }

    /// Hangs up with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        hangUp()
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ text: String) { send([UInt8](text.utf8)) }
    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                CSystem.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Sends `byte` until the peer takes no more for a tenth of a second, at most `limit` times.
    func fill(limit: Int) -> Int {
        let block = [UInt8](repeating: 7, count: 64 << 10)
        var sent = 0
        while sent < limit {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&wanted, 1, 100) == 1 else { break }
            let count = CSystem.send(
                descriptor, block, min(block.count, limit - sent), Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    /// Reads more; false at the end.
    private func more() throws -> Bool {
        var block = [UInt8](repeating: 0, count: 256 << 10)
        let count = recv(descriptor, &block, block.count, 0)
        if count < 0 { throw Failure(what: "recv: \(gh_errno())") }
        buffer += block[..<count]
        return count > 0
    }

    /// The next response; its body is told by length, chunks or the end.
    func answer(toHead: Bool = false) throws -> Answer {
        var answer = try head()
        if answer.status == 100 || toHead { return answer }
        if let length = value("content-length", in: answer.header).flatMap({ Int($0) }) {
            answer.body = try take(length)
        } else if answer.has("transfer-encoding: chunked") {
            while true {
                let size = try Int(line(), radix: 16) ?? -1
                guard size >= 0 else { throw Failure(what: "chunk") }
                answer.body += try take(size)
                guard try line().isEmpty else { throw Failure(what: "chunk end") }
                if size == 0 { break }
            }
        } else {
            answer.body = rest()
        }
        return answer
    }

    private func head() throws -> Answer {
        var lines: [String] = []
        while true {
            let next = try line()
            if next.isEmpty { break }
            lines.append(next)
        }
        let parts = lines.first?.split(separator: " ") ?? []
        guard parts.count >= 2, let status = Int(parts[1]) else { throw Failure(what: "status line \(lines)") }
        return Answer(status: status, header: "\r\n" + lines.joined(separator: "\r\n") + "\r\n", body: [])
    }

    private func value(_ name: String, in header: String) -> String? {
        header.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ": ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    private func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line.hasSuffix("\r") ? String(line.dropLast()) : line
            }
            guard try more() else { throw Failure(what: "end of connection") }
        }
    }

    func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { guard try more() else { throw Failure(what: "cut short") } }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    /// Everything until the peer closes.
    func rest() -> [UInt8] {
        while (try? more()) == true {}
        defer { buffer = [] }
        return buffer
    }

    /// Whether the peer closes without sending any more.
    func isClosedByPeer() -> Bool {
        guard buffer.isEmpty else { return false }
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, 0)
        return count == 0 || count < 0 && gh_errno() == ECONNRESET
    }
}
