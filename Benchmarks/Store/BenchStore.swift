import CSystem
import Storage
import World

/// The ceiling of durable changes: tasks that each commit one change after the other to the bare store, synced.
///
/// `bench-store row|user FOLDER TASKS SECONDS`. A `row` is one row of 200 bytes; a `user` is what CreateUser leaves in the
/// store: a user's row with its index, the count of the account, and a journal row of as many bytes. The folder is made,
/// or gone on with. Prints `transactions`, `seconds` and `rate`.
@main enum BenchStore {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let kind = Kind(rawValue: arguments[1]), let tasks = Int(arguments[3]),
            let seconds = Double(arguments[4])
        else {
            print("usage: bench-store row|user FOLDER TASKS SECONDS")
            return
        }
        let clock = SystemClock()
        let folder = try DataFolder.open(arguments[2])
        let store = try Store(in: folder, schema: [Bench.schema], log: Log(clock: clock))
        let start = clock.monotonicNanoseconds()
        let end = start + UInt64(seconds * 1e9)
        let entropy = SystemEntropy()
        let transactions = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    let bench = Bench(kind: kind, task: task, entropy: entropy)
                    return try await bench.commit(to: store, until: end, clock)
                }
            }
            var total = 0
            for try await count in group { total += count }
            return total
        }
        let span = Double(clock.monotonicNanoseconds() - start) / 1e9
        print("transactions \(transactions) seconds \(span) rate \(Double(transactions) / span)")
        store.close()
        folder.close()
    }
}
