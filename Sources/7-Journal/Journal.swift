import Crypto
package import Storage
import World

/// The append-only, hash-chained record of every call.
///
/// A row is written in the transaction of the change it tells of, so neither can be there without the other. Rows are in
/// commit order; each carries the SHA-256 of the chain value before it and its own entry, so that a row changed, removed
/// or moved afterwards shows (`verify`).
package final class Journal: Sendable {
    private struct Head {
        var position: Int64
        var chain: [UInt8]
    }

    private let store: Store
    private let syncsReads: Bool
    // Touched by the store's one writer thread, and once at start.
    private let head: Lock<Head?>

    package static let schema = SchemaPart(
        "journal",
        [
            Migration(
                1,
                """
                CREATE TABLE journal (
                    position INTEGER PRIMARY KEY, entry BLOB NOT NULL, chain BLOB NOT NULL
                ) STRICT;
                """)
        ])

    /// - Parameter syncsReads: whether records of reads are synced before the reply too.
    package init(_ store: Store, syncsReads: Bool = false) {
        (self.store, self.syncsReads) = (store, syncsReads)
        head = Lock(nil)
        // After a body was undone, rows this object counted may be gone: the head is read again when next needed.
        store.onRewind { [head] _ in head.withLock { $0 = nil } }
    }

    /// Adds an entry as the last step of a change. If the transaction then fails, the entry goes with it.
    package func append(_ entry: [UInt8], in transaction: inout Transaction) throws {
        let last = try head.withLock { $0 } ?? Journal.last(transaction.snapshot)
        let next = Head(position: last.position + 1, chain: SHA256.hash(last.chain + entry))
        try transaction.run(
            "INSERT INTO journal (position, entry, chain) VALUES (?, ?, ?)", .int(next.position), .blob(entry),
            .blob(next.chain))
        head.withLock { $0 = next }
        transaction.touch(.journal)
    }

    /// Records a call that changed nothing. Returns when the record survives the end of the process, or, where
    /// `durability` says so, power loss.
    package func record(_ event: Event, _ durability: Durability) async throws {
        let entry = Entry.pack(event)
        try await store.append(syncsReads ? .synced : durability) { [self] transaction in try append(entry, in: &transaction) }
    }

    private static func last(_ snapshot: borrowing Snapshot) throws -> Head {
        try snapshot.first("SELECT position, chain FROM journal ORDER BY position DESC LIMIT 1") { row in
            Head(position: row.int(0), chain: row.blob(1))
        } ?? Head(position: 0, chain: [UInt8](repeating: 0, count: 32))
    }

    /// The position of the first row that does not fit the chain; nil where all do.
    package static func verify(_ snapshot: borrowing Snapshot) throws -> Int64? {
        var expected = Head(position: 0, chain: [UInt8](repeating: 0, count: 32))
        var broken: Int64?
        try snapshot.scan("SELECT position, entry, chain FROM journal ORDER BY position") { row in
            expected.position += 1
            let chain = SHA256.hash(expected.chain + row.blob(1))
            guard row.int(0) == expected.position, row.blob(2) == chain else {
                broken = row.int(0)
                return false
            }
            expected.chain = chain
            return true
        }
        return broken
    }

    /// Rows from the newest backwards, those before `position` where given, until `each` returns false.
    package static func scanBackwards(
        before position: Int64?, _ snapshot: borrowing Snapshot, each: (Int64, Entry) throws -> Bool
    ) throws {
        try snapshot.scan(
            "SELECT position, entry FROM journal WHERE position < ? ORDER BY position DESC", .int(position ?? .max)
        ) { row in
            guard let entry = Entry(row.blob(1)) else { return true }
            return try each(row.int(0), entry)
        }
    }
}
