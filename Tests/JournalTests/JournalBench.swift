import AWS
import Storage
import Testing
import World

@testable import Journal

/// A journal in a temporary folder, whose store can be closed and opened again.
final class JournalBench {
    private let folder: DataFolder
    private(set) var store: Store
    private(set) var journal: Journal

    private static let quiet = Log(level: .error, clock: SystemClock(), sink: { _ in })

    init() async throws {
        folder = try DataFolder.temporary()
        store = try Store(in: folder, schema: [Journal.schema], log: JournalBench.quiet)
        journal = try Journal(store, in: folder)
        _ = try await journal.start()
    }

    deinit {
        store.close()
        folder.close()
    }

    /// As after the end of the process.
    func reopen() async throws {
        try await journal.close()
        store.close()
        store = try Store(in: folder, schema: [Journal.schema], log: JournalBench.quiet)
        journal = try Journal(store, in: folder)
        _ = try await journal.start()
    }

    func append(_ events: [Event]) async throws {
        let journal = journal
        try await store.write { transaction in
            for event in events { try journal.append(event, in: &transaction) }
        }
    }

    /// Records them as reads, some to a row.
    func note(_ events: [Event]) async throws {
        for event in events where !journal.note(event) { try await journal.record(event, .written) }
        try await journal.settle()
    }

    /// Every record, newest first.
    func all() throws -> [(position: Int64, entry: Entry)] {
        try store.read { snapshot in
            var found: [(position: Int64, entry: Entry)] = []
            try Journal.scanBackwards(before: nil, snapshot) { position, entry in
                found.append((position, entry))
                return true
            }
            return found
        }
    }

    func next(_ index: JournalIndex) throws -> [JournalIndex.Addition] { try store.read { try index.next($0) } }

    func add(_ addition: JournalIndex.Addition, to index: JournalIndex) async throws {
        try await store.write(.written) { try index.add(addition, in: &$0) }
    }

    /// Makes as much of the index as there are records for.
    func complete(_ index: JournalIndex) async throws {
        while case let additions = try next(index), !additions.isEmpty {
            for addition in additions { try await add(addition, to: index) }
        }
    }

    func number(_ sql: StaticString) throws -> Int64 { try store.read { try $0.number(sql) } }

    /// The positions of what is found, at most `limit`.
    func find(_ search: JournalSearch, before: Int64? = nil, limit: Int = .max, _ layout: IndexLayout) throws -> [Int64]
    {
        try store.read { snapshot in
            var found: [Int64] = []
            var walk = try IndexWalk(search, before: before, layout, snapshot)
            try walk.run(snapshot) { position, _ in
                found.append(position)
                return found.count < limit
            }
            return found
        }
    }
}

/// A generator whose sequence is its seed's.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
    mutating func isOne(of count: Int) -> Bool { below(count) == 0 }
}
