import CSystem
import World

/// What a durable, encrypted PUT must cost: threads that each digest, seal, write, sync and rename the same bytes.
///
/// `bench-reference FOLDER THREADS SECONDS BYTES`. Prints `files`, `seconds` and `rate`.
@main enum BenchReference {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let threads = Int(arguments[2]), let seconds = Double(arguments[3]),
            let bytes = Int(arguments[4])
        else {
            print("usage: bench-reference FOLDER THREADS SECONDS BYTES")
            return
        }
        let clock = SystemClock()
        let total = Lock(0)
        let start = clock.monotonicNanoseconds()
        let end = start + UInt64(seconds * 1e9)
        let workers = (0..<threads).map { number in
            WorkerThread("reference-\(number)") {
                var put = ReferencePut(folder: arguments[1], worker: number, bytes: bytes)
                var count = 0
                while clock.monotonicNanoseconds() < end {
                    put.perform(count)
                    count += 1
                }
                total.withLock { $0 += count }
            }
        }
        for worker in workers { worker.join() }
        let span = Double(clock.monotonicNanoseconds() - start) / 1e9
        let files = total.withLock { $0 }
        print("files \(files) seconds \(span) rate \(Double(files) / span)")
    }
}
