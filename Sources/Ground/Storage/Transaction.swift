import CSQLite

/// The open write transaction, lent to the body of `Store.write`. Reads see what the body, and items before it, wrote.
public struct Transaction: ~Copyable {
    /// For look-ups shared with queries, which take a `borrowing Snapshot`.
    public let snapshot: Snapshot
    /// What the body has marked so far; told to `Store.onCommit` if the item commits.
    public private(set) var touched: Areas = []
    /// What earlier items of the same commit changed: not yet in force for anyone outside.
    public private(set) var touchedBefore: Areas = []
    /// Whether traces of what the body deleted are to be removed from the log.
    private(set) var erases = false
    /// Whether the body changed nothing but records of calls and what is found of them.
    private(set) var isOnlyRecords = false

    init(_ connection: Connection) { snapshot = Snapshot(connection) }

    /// Runs an INSERT, UPDATE or DELETE. Returns how many rows it changed.
    @discardableResult
    public mutating func run(_ sql: StaticString, _ values: SQLValue...) throws -> Int {
        try snapshot.connection.run(sql, values)
    }

    /// The row id of the last INSERT.
    public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(snapshot.connection.database) }

    /// Marks parts of the state as changed.
    public mutating func touch(_ areas: Areas) { touched.formUnion(areas) }

    /// Asks that what this body deletes also leaves the write-ahead log, within about a second of the commit.
    ///
    /// For wrapped keys and secrets: pages are overwritten at once (`secure_delete`), but older frames of the log still
    /// hold them until it is checkpointed and cut.
    public mutating func eraseTraces() { erases = true }

    /// Says that the body changes nothing but records of calls and what is found of them: no look-up that is `remembered`
    /// may depend on it, so what was remembered stays. Said by whoever submits the body, never by a part of one.
    public mutating func changesOnlyRecords() { isOnlyRecords = true }

    /// Begins a new item on the same transaction. What a failed one marked counts as changed too.
    mutating func beginItem() {
        touchedBefore.formUnion(touched)
        (touched, erases, isOnlyRecords) = ([], false, false)
    }
}

// The same questions as on a snapshot.
extension Transaction {
    public func rows<T>(
        _ sql: StaticString, _ values: SQLValue..., each: (borrowing Row) throws -> T
    ) throws -> [T] {
        try snapshot.rows(sql, bound: values, each: each)
    }

    public func first<T>(
        _ sql: StaticString, _ values: SQLValue..., make: (borrowing Row) throws -> T
    ) throws -> T? {
        try snapshot.first(sql, bound: values, make: make)
    }

    public func exists(_ sql: StaticString, _ values: SQLValue...) throws -> Bool {
        try snapshot.first(sql, bound: values) { _ in true } ?? false
    }

    public func number(_ sql: StaticString, _ values: SQLValue...) throws -> Int64 {
        try snapshot.first(sql, bound: values) { $0.int(0) } ?? 0
    }
}
