import Testing
import World

@testable import Storage

/// Defends: what was acknowledged before its sync is synced in time, whatever follows it.
struct LateSyncTests {
    @Test func theOldestCommitCounts() {
        func nanoseconds(_ milliseconds: Int) -> UInt64 { UInt64(milliseconds) * 1_000_000 }
        var waiting = LateSync.Waiting()
        #expect(waiting.left(at: 0) == nil)
        waiting.note(isSynced: false, at: nanoseconds(1000))
        waiting.note(isSynced: false, at: nanoseconds(1000 + LateSync.delay - 1))
        #expect(waiting.left(at: nanoseconds(1000)) == LateSync.delay)
        #expect(waiting.left(at: nanoseconds(1000 + LateSync.delay - 1)) == 1)
        #expect(waiting.left(at: nanoseconds(1000 + LateSync.delay)) == 0)
        #expect(waiting.left(at: nanoseconds(5000)) == 0)
        // A synced commit has the log before it on the disk.
        waiting.note(isSynced: true, at: nanoseconds(1010))
        #expect(waiting.left(at: nanoseconds(1010)) == nil)
        waiting.note(isSynced: false, at: nanoseconds(1020))
        #expect(waiting.left(at: nanoseconds(1020)) == LateSync.delay)
        #expect(waiting.take() && !waiting.take())
    }

    @Test func whatWaitsAtTheEndIsSynced() {
        let count = Lock(0)
        let sync = LateSync(Bench.quiet) {
            count.withLock { $0 += 1 }
            return true
        }
        sync.committed(isSynced: false)
        sync.close()
        let thread = WorkerThread("sync") { sync.work() }
        thread.join()
        #expect(count.withLock { $0 } == 1 && !sync.hasFailed)
    }

    @Test func aSyncThatFailsClosesTheStore() {
        let sync = LateSync(Bench.quiet) { false }
        sync.committed(isSynced: false)
        sync.close()
        let thread = WorkerThread("sync") { sync.work() }
        thread.join()
        #expect(sync.hasFailed)
    }

    @Test("a commit that wrote nothing has synced nothing, whatever was asked of it")
    func emptyCommits() async throws {
        let path = FolderTests.Path()
        let folder = try DataFolder.open(path.text)
        let count = Lock(0)
        let store = try Store(in: folder, [Bench.schema], StoreOptions(), Bench.quiet) { _ in
            {
                count.withLock { $0 += 1 }
                return true
            }
        }
        try await store.write(.written) { try $0.run("INSERT INTO test_entry VALUES ('a', 1, x'')") }
        try await store.write(.synced) { transaction in _ = try transaction.number("SELECT count(*) FROM test_entry") }
        store.close()
        #expect(count.withLock { $0 } == 1)
        folder.close()
    }
}
