import HTTP
import Smithy
import Wire
import World

/// Watches a request whose bucket's owner wants to read of it.
struct Watch: Sendable {
    let notes = RequestNotes()
    private let log: any RequestLog
    private let clock: any Clock
    private let head: RequestHead
    private let route: Route
    private let bucket: WatchedBucket?
    private let received: Instant
    private let start: UInt64

    /// Nil where nobody wants to. Copies are watched for their sources, too.
    init?(_ log: any RequestLog, _ clock: any Clock, _ head: RequestHead, _ routing: Routing) {
        guard case .service(let route) = routing, route.service.name == "s3",
            let name = route.isWebsite
                ? route.hostBucket : route.bucket.flatMap({ String(validating: $0, as: UTF8.self) })
        else { return nil }
        bucket = log.watch(name)
        guard bucket != nil || head.count(of: "x-amz-copy-source") > 0 else { return nil }
        (self.log, self.clock, self.head, self.route) = (log, clock, head, route)
        (received, start) = (clock.now(), clock.monotonicNanoseconds())
    }

    /// The same body, whose end is noted.
    func body(_ body: any RequestBody) -> any RequestBody { TimedBody(body, notes, clock) }

    /// The same answer, which is written down before its last byte is handed on.
    func answered(_ response: Response) async -> Response {
        let first = clock.monotonicNanoseconds()
        switch response.body {
        case .empty, .headOnly: await log.write(request(response, sent: 0, first: first))
        case .bytes(let bytes): await log.write(request(response, sent: Int64(bytes.count), first: first))
        case .stream(let length, let stream):
            var told = response
            told.body = .stream(
                length: length,
                LoggedStream(stream, length) { sent in
                    await log.write(request(response, sent: sent, first: first))
                })
            return told
        }
        return response
    }

    private func request(_ response: Response, sent: Int64, first: UInt64) -> LoggedRequest {
        let facts = notes.facts
        func milliseconds(_ from: UInt64, _ to: UInt64) -> Int64 { to < from ? 0 : Int64((to - from) / 1_000_000) }
        return LoggedRequest(
            bucket: bucket, head: head,
            operation: facts.operation ?? (route.isWebsite ? "Website" : route.operationName),
            key: facts.key ?? route.key ?? [],
            version: route.query.text("versionId"), notes: facts,
            status: response.status, bytesSent: sent, objectSize: size(response), received: received,
            totalTime: milliseconds(start, clock.monotonicNanoseconds()),
            turnAroundTime: milliseconds(facts.bodyEnd ?? start, first))
    }

    /// Of the object: of what is read the answer tells, of what is stored the request.
    private func size(_ response: Response) -> Int64? {
        switch route.operationName {
        case "PutObject", "UploadPart":
            guard response.status == 200 else { return nil }
            return Int64(head.text("x-amz-decoded-content-length") ?? head.text("content-length") ?? "")
        case "GetObject", "HeadObject":
            if response.status == 206 { return response.header.wholeLength }
            guard response.status == 200 else { return nil }
            switch response.body {
            case .empty: return 0
            case .bytes(let bytes): return Int64(bytes.count)
            case .headOnly(let length), .stream(let length, _): return length
            }
        default: return nil
        }
    }
}

extension HeaderBlock {
    /// What `Content-Range: bytes 0-9/100` says of the whole.
    fileprivate var wholeLength: Int64? {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self).lowercased()
            guard text.hasPrefix("content-range:"), let slash = text.lastIndex(of: "/") else { continue }
            return Int64(text[text.index(after: slash)...].prefix { $0.isASCII && $0.isNumber })
        }
        return nil
    }
}

/// A request's body that notes when its last byte had come.
private final class TimedBody: RequestBody {
    private let body: any RequestBody
    private let notes: RequestNotes
    private let clock: any Clock

    init(_ body: any RequestBody, _ notes: RequestNotes, _ clock: any Clock) {
        (self.body, self.notes, self.clock) = (body, notes, clock)
    }

    var declaredLength: Int64? { body.declaredLength }
    func holdUntilEnd() { body.holdUntilEnd() }

    func next() async throws -> [UInt8]? {
        let piece = try await body.next()
        if piece == nil { notes.ended(at: clock.monotonicNanoseconds()) }
        return piece
    }

    func takeWhole() -> [UInt8]? {
        let whole = body.takeWhole()
        if whole != nil { notes.ended(at: clock.monotonicNanoseconds()) }
        return whole
    }
}

/// An answer's body that is written down before its last piece is given, or when it is given up.
private final class LoggedStream: ResponseStream {
    private struct State {
        var sent: Int64 = 0
        var isWritten = false
    }

    private let stream: any ResponseStream
    private let length: Int64?
    private let write: @Sendable (Int64) async -> Void
    private let state = Lock(State())

    init(_ stream: any ResponseStream, _ length: Int64?, _ write: @escaping @Sendable (Int64) async -> Void) {
        (self.stream, self.length, self.write) = (stream, length, write)
    }

    /// Whoever reads no further has hung up.
    deinit {
        guard let sent = take() else { return }
        Task { [write] in await write(sent) }
    }

    func next() async throws -> [UInt8]? {
        do {
            let piece = try await stream.next()
            let isLast = state.withLock { state in
                state.sent += Int64(piece?.count ?? 0)
                return piece == nil || state.sent == length
            }
            if isLast, let sent = take() { await write(sent) }
            return piece
        } catch {
            if let sent = take() { await write(sent) }
            throw error
        }
    }

    /// What was sent, to be written once.
    private func take() -> Int64? {
        state.withLock { state in
            guard !state.isWritten else { return nil }
            state.isWritten = true
            return state.sent
        }
    }
}
