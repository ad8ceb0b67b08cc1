import AWS
import Glibc
import Journal
import Observers
import Storage
import World

/// Look-ups in a long journal: read through from its end, and by its index; what the index costs to make.
///
/// `bench-journal FOLDER RECORDS`. The folder is made, or gone on with if it holds that many records already; its index is
/// made anew.
@main struct BenchJournal {
    private let clock = SystemClock()
    private let store: Store
    private let journal: Journal
    private let records: Int

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let records = Int(arguments[2]) else {
            print("usage: bench-journal FOLDER RECORDS")
            return
        }
        let folder = try DataFolder.open(arguments[1])
        let bench = try BenchJournal(folder, records)
        try await bench.run()
        try await bench.journal.close()
        bench.store.close()
        folder.close()
    }

    private init(_ folder: DataFolder, _ records: Int) throws {
        self.records = records
        store = try Store(in: folder, schema: [Journal.schema], log: Log(clock: clock))
        journal = try Journal(store, in: folder)
    }

    private func run() async throws {
        _ = try await journal.start()
        try await fill()
        let index = JournalIndex()
        try await store.write { try index.clear(in: &$0) }
        let (first, last) = try store.read { (try $0.time(of: 1), try $0.time(of: Int64(records))) }
        for question in try Question.all(first, last) { try measure("by reading", question) { try read(question) } }
        for question in try Question.all(first, last) { try measure("no index yet", question) { try find(question) } }
        try await makeIndex(JournalIndexer(index))
        for question in try Question.all(first, last) { try measure("by index", question) { try find(question) } }
        let bytes = try store.read { snapshot in
            try snapshot.number("SELECT sum(length(keys)) FROM journal_chapter")
                + snapshot.number("SELECT sum(length(keys)) FROM journal_volume_slice")
        }
        print("index      \(Double(bytes) / Double(records)) bytes per record")
        print("memory     \(peakKiB() / 1024) MiB at most")
    }

    private func fill() async throws {
        var count = try store.read { try $0.number("SELECT max(position) FROM journal") }
        let start = clock.monotonicNanoseconds()
        let missing = max(0, Int64(records) - count)
        while count < records {
            let range = count..<min(count + 1000, Int64(records))
            try await store.append { transaction in
                for number in range {
                    try journal.append(SampleEvent.make(Int(number), of: records), in: &transaction)
                }
            }
            count = range.upperBound
        }
        guard missing > 0 else { return }
        print("records    \(microseconds(since: start) / Double(missing)) µs each")
    }

    private func makeIndex(_ indexer: JournalIndexer) async throws {
        let (start, used) = (clock.monotonicNanoseconds(), processorMicroseconds())
        var writes: [Double] = []
        while case let steps = try store.read({ try indexer.advance($0) }), !steps.isEmpty {
            for step in steps {
                let begun = clock.monotonicNanoseconds()
                try await store.write(.written, step)
                writes.append(microseconds(since: begun) / 1000)
            }
        }
        writes.sort()
        let processor = (processorMicroseconds() - used) / Double(records)
        print("index made in \(microseconds(since: start) / 1e6) s; \(processor) µs of processor time for each record")
        let (half, most) = (writes[writes.count / 2], writes[writes.count * 99 / 100])
        print(
            "\(writes.count) writes, half within \(half) ms, 99 % within \(most) ms, all within \(writes.last ?? 0) ms")
    }

    private func measure(_ way: String, _ question: Question, _ ask: () throws -> Int) throws {
        let repeats = way == "by index" ? 20 : 1
        var found = 0
        let start = clock.monotonicNanoseconds()
        for _ in 0..<repeats { found = try ask() }
        let time = microseconds(since: start) / Double(repeats)
        print("\(way): \(question.name), \(found) found, \(Double(Int(time)) / 1000) ms")
    }

    /// As it was before there was an index.
    private func read(_ question: Question) throws -> Int {
        var found = 0
        try store.read { snapshot in
            try Journal.scanBackwards(before: nil, snapshot) { _, entry in
                if question.admits(entry) { found += 1 }
                return found < 51
            }
        }
        return found
    }

    private func find(_ question: Question) throws -> Int {
        var found = 0
        try store.read { snapshot in
            try Journal.find(question.search, snapshot) { _, _ in
                found += 1
                return found < 51
            }
        }
        return found
    }

    private func microseconds(since start: UInt64) -> Double { Double(clock.monotonicNanoseconds() - start) / 1000 }

    private func processorMicroseconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) * 1e6 + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }

    private func peakKiB() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}

extension Snapshot {
    fileprivate func time(of position: Int64) throws -> Instant {
        var time = Instant(milliseconds: 0)
        try Journal.scanBackwards(before: position + 1, self) { _, entry in
            time = entry.time
            return false
        }
        return time
    }
}
