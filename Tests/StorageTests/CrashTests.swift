import Foundation
import Storage
import Testing
import World

/// Each round runs in a child process that kills itself in the middle of its writes, as `kill -9` would.
@Suite(.serialized) struct CrashTests {
    @Test("whatever was acknowledged before SIGKILL is there afterwards, and each item whole or not at all")
    func killed() async throws {
        let path = FolderTests.Path()
        let place = path.text
        var rounds = 0
        for _ in 0..<12 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [place = place as String] in
                try await CrashTests.writeUntilKilled(place)
            }
            rounds += 1
            try checkAcknowledged(place)
        }
        #expect(rounds == 12)
        withExtendedLifetime(path) {}
    }

    /// Writes pairs, notes each acknowledged one in a file, and is killed after a number of them that differs each time.
    private static func writeUntilKilled(_ place: String) async throws {
        let folder = try DataFolder.open(place)
        let store = try Store(in: folder, schema: [Bench.schema], log: Bench.quiet)
        let start = try store.read { try $0.number("SELECT count(*) FROM test_entry") }
        let file = open(place + "/acknowledged", O_WRONLY | O_APPEND | O_CREAT, 0o600)
        let left = Lock(20 + Int(start) % 37)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for index in 0..<1000 {
                        let name = "\(start)-\(task)-\(index)"
                        let pair = (name + "a", name + "b")
                        let durability: Durability = index % 2 == 0 ? .synced : .written
                        try? await store.write(durability) { transaction in
                            try transaction.put(pair.0, 1)
                            try transaction.put(pair.1, 1)
                        }
                        let line = Array((name + "\n").utf8)
                        _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
                        let isLast = left.withLock { left in
                            left -= 1
                            return left == 0
                        }
                        if isLast { kill(getpid(), SIGKILL) }
                    }
                }
            }
        }
    }

    private func checkAcknowledged(_ place: String) throws {
        let folder = try DataFolder.open(place)
        defer { folder.close() }
        let store = try Store(in: folder, schema: [Bench.schema], log: Bench.quiet)
        defer { store.close() }
        let names = Set(try store.read { try $0.rows("SELECT name FROM test_entry") { $0.text(0) } })
        let text = try String(contentsOfFile: place + "/acknowledged", encoding: .utf8)
        for name in text.split(separator: "\n") {
            #expect(names.contains(name + "a") && names.contains(name + "b"), "\(name) was acknowledged and is lost")
        }
        for name in names { #expect(names.contains(String(name.dropLast()) + (name.hasSuffix("a") ? "b" : "a"))) }
    }

    @Test("a disk that fills up during commits loses nothing that was acknowledged")
    func fullFileSystem() async throws {
        await #expect(processExitsWith: .success) {
            // Files of this child cannot grow beyond a megabyte: the log hits that in the middle of a commit.
            _ = signal(SIGXFSZ, SIG_IGN)
            limitFiles(to: 1 << 20, setrlimit)
            let place = NSTemporaryDirectory() + "/full-\(getpid())"
            defer { try? FileManager.default.removeItem(atPath: place) }
            let folder = try DataFolder.open(place)
            let store = try Store(in: folder, schema: [Bench.schema], log: Bench.quiet)
            let blob = SQLValue.blob([UInt8](repeating: 1, count: 30_000))
            var kept: Set<String> = []
            var refusals = 0
            for index in 0..<80 {
                do {
                    try await store.write { transaction in
                        try transaction.run("INSERT INTO test_entry VALUES (?, 0, ?)", .text("\(index)"), blob)
                    }
                    kept.insert("\(index)")
                } catch StorageError.full { refusals += 1 }
            }
            let names = Set(try store.read { try $0.rows("SELECT name FROM test_entry") { $0.text(0) } })
            store.close()
            precondition(refusals > 0 && !kept.isEmpty, "\(refusals) refused, \(kept.count) kept")
            precondition(names == kept, "the store holds something else than it acknowledged")
        }
    }
}

/// Limits the size of files this process may write. The first parameter of `setrlimit` is a number or an enumeration,
/// depending on how the C library's headers were read; RLIMIT_FSIZE is 1 in both.
private func limitFiles<Resource>(to bytes: UInt, _ setLimit: (Resource, UnsafePointer<rlimit>) -> Int32) {
    var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
    precondition(setLimit(unsafeBitCast(Int32(1), to: Resource.self), &limit) == 0)
}
