public import AWS
import Crypto
import Formats
public import Storage
import World

/// The append-only, hash-chained record of every call.
///
/// A row is written in the transaction of the change it tells of, so neither can be there without the other. Rows are in
/// commit order; each carries the SHA-256 of the chain value before it and its own bytes, so that a row changed, removed
/// or moved afterwards shows (`verify`).
///
/// Records of reads take a shorter way: they are put into the spool, where they survive the end of the process, and the
/// reply leaves. They are moved into the table a few milliseconds later, some to a row (`JournalRow`), and always before
/// the record of a later change.
public final class Journal: Sendable {
    private struct Head {
        var position: Int64
        var chain: [UInt8]
    }

    /// What the store's writer thread knows; read again after anything was undone.
    private struct State {
        var head: Head?
        /// The number of the last spooled record in the table, as far as the open transaction goes.
        var moved: Int64?
    }

    private let store: Store
    private let syncsReads: Bool
    private let state = Lock(State())
    private let spool: Spool
    private let mover: SpoolMover
    /// The policies that the records' decisions stood on.
    private let archive: PolicyArchive

    public static let schema = SchemaPart(
        "journal",
        [
            Migration(
                1,
                """
                CREATE TABLE journal (
                    position INTEGER PRIMARY KEY, entry BLOB NOT NULL, chain BLOB NOT NULL
                ) STRICT;
                CREATE TABLE journal_spool (id INTEGER PRIMARY KEY CHECK (id = 1), moved INTEGER NOT NULL) STRICT;
                """),
            JournalIndex.tables, PolicyArchive.tables,
        ])

    /// - Parameter syncsReads: whether records of reads are synced before the reply too.
    public init(_ store: Store, in folder: DataFolder, syncsReads: Bool = false) throws {
        (self.store, self.syncsReads) = (store, syncsReads)
        spool = try Spool(in: folder, moved: store.read { snapshot in try Journal.moved(snapshot) })
        mover = SpoolMover()
        archive = PolicyArchive(store)
        store.onRewind { [state] _ in state.withLock { $0 = State() } }
        store.onCommit { [state, spool] areas in
            if areas.contains(.journal), let moved = state.withLock({ $0.moved }) { spool.drop(through: moved) }
        }
    }

    /// Takes up what an earlier process left in the spool, and begins to move what will be put there. Called once,
    /// before the first record. Returns how many records were taken up.
    public func start() async throws -> Int {
        let left = spool.recovered
        if let last = left.last {
            try await store.write { [self] transaction in
                var rows = RowGatherer()
                for record in left { try gather(record.bytes.span, &rows, in: &transaction) }
                try insert(rows.take(), in: &transaction)
                try setMoved(last.number, in: &transaction)
            }
        }
        mover.start { [self] done in
            store.submit(.written) { [self] transaction in
                transaction.changesOnlyRecords()
                try move(in: &transaction)
            } done: { _ in
                done()
            }
        }
        return left.count
    }

    /// Moves what still waits and ends. Called before the store is closed.
    public func close() async throws {
        mover.stop()
        try await settle()
    }

    /// Adds a record as the last step of a change, and before it the policies of its decision. If the transaction then
    /// fails, they go with it.
    public func append(_ event: Event, in transaction: inout Transaction) throws {
        try append(Entry.pack(event), event.decision, in: &transaction)
    }

    func append(_ entry: [UInt8], _ decision: TracedDecision?, in transaction: inout Transaction) throws {
        if let decision { try archive.keep(decision, in: &transaction) }
        try move(in: &transaction)
        try insert((entry, 1), in: &transaction)
    }

    /// Records a read at once, so that the record survives the end of the process. False where that cannot be done now,
    /// for want of room or because the policies of its decision are not stored yet: then `record` is to be awaited.
    public func note(_ event: Event) -> Bool {
        if let decision = event.decision, !archive.has(decision), (try? archive.finds(decision, in: store)) != true {
            return false
        }
        guard !syncsReads, let waiting = Entry.packed(event).withBytes({ spool.put($0) }) else { return false }
        mover.wake(waiting > Spool.ringBytes / 4)
        return true
    }

    /// Records a call that changed nothing. Returns when the entry survives the end of the process, or, where
    /// `durability` says so, power loss.
    public func record(_ event: Event, _ durability: Durability) async throws {
        let (entry, decision) = (Entry.pack(event), event.decision)
        try await store.append(syncsReads ? .synced : durability) { [self] transaction in
            transaction.changesOnlyRecords()
            try append(entry, decision, in: &transaction)
        }
    }

    /// Records a call that changed nothing in the accounts of all these events, or in none. Copies have no decision.
    public func record(_ event: Event, with copies: [Event], _ durability: Durability) async throws {
        let (entry, others, decision) = (Entry.pack(event), copies.map(Entry.pack), event.decision)
        try await store.append(syncsReads ? .synced : durability) { [self] transaction in
            transaction.changesOnlyRecords()
            try append(entry, decision, in: &transaction)
            for other in others { try append(other, nil, in: &transaction) }
        }
    }

    /// Returns when every record put so far is in the table: for whoever reads the journal.
    public func settle() async throws {
        guard spool.waitingBytes > 0 else { return }
        try await store.append(.written) { [self] transaction in
            transaction.changesOnlyRecords()
            try move(in: &transaction)
        }
    }

    /// Moves what waits in the spool into the table.
    private func move(in transaction: inout Transaction) throws {
        guard spool.waitingBytes > 0 else { return }
        let moved = try state.withLock { $0.moved } ?? Journal.moved(transaction.snapshot)
        var rows = RowGatherer()
        var last: Int64?
        try spool.forEach(after: moved) { number, entry in
            try gather(entry, &rows, in: &transaction)
            last = number
        }
        guard let last else { return }
        try insert(rows.take(), in: &transaction)
        try setMoved(last, in: &transaction)
    }

    private func setMoved(_ number: Int64, in transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO journal_spool (id, moved) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET moved = excluded.moved",
            .int(number))
        state.withLock { $0.moved = number }
    }

    private func gather(_ entry: Span<UInt8>, _ rows: inout RowGatherer, in transaction: inout Transaction) throws {
        rows.add(entry)
        if rows.isFull { try insert(rows.take(), in: &transaction) }
    }

    private func insert(_ row: (bytes: [UInt8], count: Int64)?, in transaction: inout Transaction) throws {
        guard let row else { return }
        let last = try state.withLock { $0.head } ?? Journal.last(transaction.snapshot)
        let next = Head(position: last.position + row.count, chain: SHA256.hash(last.chain + row.bytes))
        try transaction.run(
            "INSERT INTO journal (position, entry, chain) VALUES (?, ?, ?)", .int(next.position),
            .blob(row.bytes), .blob(next.chain))
        state.withLock { $0.head = next }
        transaction.touch(.journal)
    }

    private static func moved(_ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.number("SELECT moved FROM journal_spool WHERE id = 1")
    }

    private static func last(_ snapshot: borrowing Snapshot) throws -> Head {
        try snapshot.first("SELECT position, chain FROM journal ORDER BY position DESC LIMIT 1") { row in
            Head(position: row.int(0), chain: row.blob(1))
        } ?? Head(position: 0, chain: [UInt8](repeating: 0, count: 32))
    }

    /// The position of the first row that does not fit the chain, which is that of its last record; nil where all do.
    public static func verify(_ snapshot: borrowing Snapshot) throws -> Int64? {
        var expected = Head(position: 0, chain: [UInt8](repeating: 0, count: 32))
        var broken: Int64?
        try snapshot.scan("SELECT position, entry, chain FROM journal ORDER BY position") { row in
            expected.position += row.withSpan(1) { Int64(JournalRow.entries($0).count) }
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

    /// The last call that a key of `account` signed; nil where there is none on record.
    public static func lastUse(
        of accessKeyID: String, in account: AccountID, _ snapshot: borrowing Snapshot
    ) throws -> Entry? {
        var found: Entry?
        try find(JournalSearch(usesOf: accessKeyID, by: account), snapshot) { _, entry in
            found = entry
            return false
        }
        return found
    }
}
