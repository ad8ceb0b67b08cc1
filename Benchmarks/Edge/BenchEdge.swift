import Edge
import HTTP
import World

/// What the edge costs by itself: a fixed answer to any request, 1 MiB streamed for `GET /1mb`, bodies read and dropped.
///
/// `bench-edge [address] [loops]`; measure with `wrk -t2 -c64 -d5s http://127.0.0.1:4599/`.
@main enum BenchEdge {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let address = try ListenAddress(arguments.count > 1 ? arguments[1] : "127.0.0.1:4599")
        let log = Log(clock: SystemClock())
        let server = try EdgeServer(
            addresses: [(address, nil)], loops: arguments.count > 2 ? Int(arguments[2]) ?? 2 : 2, log: log,
            handler: answer)
        log(.info, "listening", ["address": "\(server.boundAddresses)"])
        await server.run()
    }

    private static let document = [UInt8](repeating: UInt8(ascii: "x"), count: 400)
    private static let piece = [UInt8](repeating: UInt8(ascii: "y"), count: 64 << 10)

    @Sendable static func answer(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        do {
            while try await body.next() != nil {}
        } catch {
            return Response(status: 400)
        }
        if head.target.count == 4, head.bytes(head.target).elementsEqual("/1mb".utf8) {
            return Response(status: 200, body: .stream(length: 1 << 20, Pieces(16, piece)))
        }
        var response = Response(status: 200, body: .bytes(document))
        response.header.add("Content-Type", "text/xml")
        return response
    }

    private final class Pieces: ResponseStream {
        private let left: Lock<Int>
        private let piece: [UInt8]
        init(_ count: Int, _ piece: [UInt8]) { (left, self.piece) = (Lock(count), piece) }

        func next() async throws -> [UInt8]? {
            left.withLock { left in
                left -= 1
                return left >= 0
            } ? piece : nil
        }
    }
}
