import Storage
import World

/// What one task commits in one transaction.
enum Kind: String, Sendable { case row, user }

/// One task that commits changes, one after the other.
struct Bench: Sendable {
    let kind: Kind
    let task: Int
    let entropy: SystemEntropy

    /// The tables of `row`, and of `user` as IAM and the journal have them.
    static let schema = SchemaPart(
        "bench",
        [
            Migration(
                1,
                """
                CREATE TABLE bench_row (id INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
                CREATE TABLE bench_account (id TEXT PRIMARY KEY, users INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                INSERT INTO bench_account (id, users) VALUES ('111122223333', 0);
                CREATE TABLE bench_user (
                    account TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL,
                    id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, boundary TEXT, PRIMARY KEY (account, name_key)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE bench_journal (
                    position INTEGER PRIMARY KEY, entry BLOB NOT NULL, chain BLOB NOT NULL
                ) STRICT;
                """)
        ])
    private static let row = [UInt8](repeating: 0x61, count: 200)
    /// As long as the entry of a CreateUser call.
    private static let entry = [UInt8](repeating: 0x61, count: 530)
    private static let chain = [UInt8](repeating: 0x61, count: 32)

    /// Returns how many it committed.
    @concurrent
    func commit(to store: Store, until end: UInt64, _ clock: SystemClock) async throws -> Int {
        var count = 0
        while clock.monotonicNanoseconds() < end {
            switch kind {
            case .row: try await insertRow(store)
            case .user: try await insertUser(store, "change-\(task)-\(count)")
            }
            count += 1
        }
        return count
    }

    private func insertRow(_ store: Store) async throws {
        try await store.write(.synced) { transaction in
            try transaction.run("INSERT INTO bench_row (value) VALUES (?)", .blob(Bench.row))
        }
    }

    private func insertUser(_ store: Store, _ name: String) async throws {
        let id = "AIDA" + Identifiers(entropy).base32(17)
        try await store.write(.synced) { transaction in
            try transaction.run(
                "INSERT INTO bench_user VALUES ('111122223333', ?1, ?1, '/', ?2, 0, NULL)", .text(name), .text(id))
            try transaction.run("UPDATE bench_account SET users = users + 1 WHERE id = '111122223333'")
            try transaction.run(
                "INSERT INTO bench_journal (entry, chain) VALUES (?, ?)", .blob(Bench.entry), .blob(Bench.chain))
        }
    }
}
