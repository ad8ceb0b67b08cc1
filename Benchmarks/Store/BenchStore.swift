import CSystem
import Storage
import World

/// The ceiling of durable changes: tasks that each insert one row after the other into the bare store, synced.
///
/// `bench-store FOLDER TASKS SECONDS`. The folder is made, or gone on with. Prints `transactions`, `seconds` and `rate`.
@main enum BenchStore {
    private static let schema = SchemaPart(
        "bench", [Migration(1, "CREATE TABLE bench_row (id INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;")])
    private static let row = [UInt8](repeating: 0x61, count: 200)

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let tasks = Int(arguments[2]), let seconds = Double(arguments[3]) else {
            print("usage: bench-store FOLDER TASKS SECONDS")
            return
        }
        let clock = SystemClock()
        let folder = try DataFolder.open(arguments[1])
        let store = try Store(in: folder, schema: [schema], log: Log(clock: clock))
        let start = clock.monotonicNanoseconds()
        let end = start + UInt64(seconds * 1e9)
        let transactions = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<tasks { group.addTask { try await insert(into: store, until: end, clock) } }
            var total = 0
            for try await count in group { total += count }
            return total
        }
        let span = Double(clock.monotonicNanoseconds() - start) / 1e9
        print("transactions \(transactions) seconds \(span) rate \(Double(transactions) / span)")
        store.close()
        folder.close()
    }

    @concurrent
    private static func insert(into store: Store, until end: UInt64, _ clock: SystemClock) async throws -> Int {
        var count = 0
        while clock.monotonicNanoseconds() < end {
            try await store.write(.synced) { transaction in
                try transaction.run("INSERT INTO bench_row (value) VALUES (?)", .blob(row))
            }
            count += 1
        }
        return count
    }
}
