import Edge
import HTTP
import World

/// What the edge costs by itself: one answer, read from a file, to any request; bodies are read and dropped.
///
/// `bench-edge ADDRESS LOOPS FILE`. The file holds header lines, an empty line and the body, with CRLF as on the wire;
/// `Date` and `Content-Length` are added by the edge. Prints `ready` when it listens.
@main enum BenchEdge {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let loops = Int(arguments[2]), let answer = FixedAnswer(file: arguments[3]) else {
            print("usage: bench-edge ADDRESS LOOPS FILE")
            return
        }
        let response = answer.response
        let server = try EdgeServer(
            addresses: [(try ListenAddress(arguments[1]), nil)], loops: loops, log: Log(clock: SystemClock())
        ) { _, body in
            do {
                while try await body.next() != nil {}
            } catch {
                return Response(status: 400)
            }
            return response
        }
        print("ready http://\(server.boundAddresses[0])")
        Output.flush()
        await server.run()
    }
}
