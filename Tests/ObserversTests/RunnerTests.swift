import AWS
import Journal
import Observers
import Storage
import Testing
import World

/// Defends: observers see every commit, go on after a failure and after a restart, and never hold up who commits.
struct RunnerTests {
    @Test func theIndexFollowsTheJournal() async throws {
        let bench = try await RunnerBench()
        let runner = ObserverRunner([JournalIndexer()], on: bench.store, log: bench.log)
        runner.start()
        try await bench.append(2500)
        runner.waitUntilIdle()
        #expect(try bench.chapters() == 2)
        try await bench.append(600)
        runner.waitUntilIdle()
        #expect(try bench.chapters() == 3)
        runner.stop()
        #expect(bench.lines.withLock { $0 }.isEmpty)
    }

    @Test func whatAnEarlierProcessLeftIsDoneAtTheStart() async throws {
        let bench = try await RunnerBench()
        try await bench.append(1100)
        let first = ObserverRunner([JournalIndexer()], on: bench.store, log: bench.log)
        first.stop()
        #expect(try bench.chapters() == 0)
        let second = ObserverRunner([JournalIndexer()], on: bench.store, log: bench.log)
        second.start()
        second.waitUntilIdle()
        #expect(try bench.chapters() == 1)
        second.stop()
    }

    @Test func anIndexWithAHoleIsMadeAnew() async throws {
        let bench = try await RunnerBench()
        try await bench.append(3100)
        let first = ObserverRunner([JournalIndexer()], on: bench.store, log: bench.log)
        first.start()
        first.waitUntilIdle()
        first.stop()
        try await bench.store.write { try $0.run("DELETE FROM journal_chapter WHERE chapter = 1") }
        let second = ObserverRunner([JournalIndexer()], on: bench.store, log: bench.log)
        second.start()
        second.waitUntilIdle()
        second.stop()
        #expect(try bench.chapters() == 3)
        #expect(try bench.store.read { try JournalIndex().isWhole($0) })
    }

    @Test func aFailureIsToldAndTheNextCommitTriesAgain() async throws {
        let bench = try await RunnerBench()
        let failing = Failing()
        let runner = ObserverRunner([failing, JournalIndexer()], on: bench.store, log: bench.log)
        runner.start()
        runner.waitUntilIdle()
        #expect(failing.looks.withLock { $0 } == 1)
        try await bench.append(1100)
        runner.waitUntilIdle()
        // The others are not held up, and the commits of callers are not undone with it.
        #expect(failing.looks.withLock { $0 } == 2)
        #expect(try bench.chapters() == 1)
        #expect(bench.lines.withLock { $0 }.count == 2)
        runner.stop()
    }
}

/// Looks, and fails in its transaction.
private final class Failing: Observer {
    let name = "failing"
    let looks = Lock(0)

    func advance(_ snapshot: borrowing Snapshot) throws -> [ObserverStep] {
        looks.withLock { $0 += 1 }
        return [{ transaction in try transaction.run("INSERT INTO journal_spool (id, moved) VALUES (2, 0)") }]
    }
}

/// A journal with a log that is kept.
private final class RunnerBench: Sendable {
    let store: Store
    let log: Log
    let lines: Lock<[String]>
    private let folder: DataFolder
    private let journal: Journal

    init() async throws {
        let lines = Lock<[String]>([])
        log = Log(level: .info, clock: SystemClock()) { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        self.lines = lines
        folder = try DataFolder.temporary()
        store = try Store(in: folder, schema: [Journal.schema], log: log)
        journal = try Journal(store, in: folder)
        _ = try await journal.start()
    }

    deinit {
        store.close()
        folder.close()
    }

    func append(_ count: Int) async throws {
        let journal = journal
        let account = try #require(AccountID("111122223333"))
        let identity = EventIdentity(principal: .root(account), accessKeyID: "AKIAEXAMPLE", session: nil)
        let event = Event(
            id: "id", time: Instant(seconds: 1_767_323_045), account: account, region: .usEast1,
            source: "iam.amazonaws.com", name: "GetUser", isReadOnly: true, category: .management,
            identity: identity, sourceAddress: "198.51.100.7", userAgent: nil, requestID: "request")
        try await store.write { transaction in
            for _ in 0..<count { try journal.append(event, in: &transaction) }
        }
    }

    func chapters() throws -> Int64 { try store.read { try $0.number("SELECT count(*) FROM journal_chapter") } }
}
