import Edge
import HTTP
import World

/// Runs a server on loopback while `body` talks to it, then drains it.
@discardableResult
func withServer<Result>(
    _ limits: EdgeLimits = EdgeLimits(), identity: TLSIdentity? = nil, address: String = "127.0.0.1:0", loops: Int = 1,
    clock: any Clock = SystemClock(), handler: @escaping Handler,
    _ body: (EdgeServer, UInt16) async throws -> Result
) async throws -> Result {
    let server = try EdgeServer(
        addresses: [(ListenAddress(address), identity)], limits: limits, loops: loops,
        log: quiet, clock: clock, handler: handler)
    // The clients block their threads, so nobody may begin to wait before the loops turn.
    let end = Lock<Task<Void, Never>?>(nil)
    await withCheckedContinuation { started in
        end.withLock { end in
            end = Task {
                started.resume()
                await server.run()
            }
        }
    }
    defer { server.drain() }
    let result = try await body(server, server.boundAddresses[0].port)
    server.drain()
    await end.withLock { $0 }?.value
    return result
}

/// Answers with method, target and the number of body bytes.
@Sendable func echo(_ head: RequestHead, _ body: any RequestBody) async -> Response {
    var count = 0
    do {
        while let piece = try await body.next() { count += piece.count }
    } catch {
        return Response(status: 500)
    }
    let text = "\(head.text(head.method)) \(head.text(head.target)) \(count)"
    return Response(status: 200, body: .bytes([UInt8](text.utf8)))
}

/// Answers without reading.
@Sendable func ignore(_ head: RequestHead, _ body: any RequestBody) async -> Response {
    Response(status: 403, body: .bytes([UInt8]("no".utf8)))
}

extension Client.Answer {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Waits until `condition` holds, for at most a minute.
func eventually(_ condition: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
        if await condition() { return true }
        await Task.yield()
    }
    return await condition()
}

/// A door that tasks wait at until it is opened.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for one in waiting { one.resume() }
        waiting = []
    }
}

/// A stream of equal pieces that counts how many were asked for.
final class Pieces: ResponseStream {
    let asked = Lock(0)
    private let count: Int
    private let piece: [UInt8]

    init(count: Int, size: Int) { (self.count, piece) = (count, [UInt8](repeating: 9, count: size)) }

    func next() async throws -> [UInt8]? {
        asked.withLock { asked in
            asked += 1
            return asked > count ? nil : piece
        }
    }
}

/// Tells errors only.
let quiet = Log(level: .error, clock: SystemClock())
