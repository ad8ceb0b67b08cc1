/// One consistent view of the state, lent to the body of `Store.read` and gone when it returns.
///
/// The first query fixes the view; commits after it are not seen. It cannot be copied, kept or taken across `await`.
public struct Snapshot: ~Copyable {
    let connection: Connection
    /// Nil in a write transaction, whose view changes under its own hands.
    private let memory: Memory?

    init(_ connection: Connection, _ memory: Memory? = nil) { (self.connection, self.memory) = (connection, memory) }

    /// What `make` finds on this view for a name in a place, such as a user's in an account; looked up once for as long
    /// as nothing but records of calls is committed (`Transaction.changesOnlyRecords`). `make` must depend on the view and
    /// the two texts alone, and not on those records.
    public func remembered<Value: AnyObject & Sendable>(
        _ place: String, _ name: String, make: () throws -> Value
    ) rethrows -> Value {
        guard let memory else { return try make() }
        return try memory.value(place, name, make: make)
    }

    /// What `read` makes of a text in a row, such as a bucket's rules. While the row of that owner has the same text it is
    /// read once, in write transactions too. `read` must depend on the text and the variant alone.
    /// - Parameter owner: whose text it is. - Parameter variant: what bears on the meaning beside the text.
    public func meaning<Meaning: AnyObject & Sendable>(
        of text: String, in owner: Int64, variant: Int64 = 0, read: (String) throws -> Meaning
    ) rethrows -> Meaning {
        try connection.texts.meaning(of: text, owner, variant, read: read)
    }

    /// What `each` makes of the rows of a query, in their order.
    public func rows<T>(
        _ sql: StaticString, _ values: SQLValue..., each: (borrowing Row) throws -> T
    ) throws -> [T] {
        try rows(sql, bound: values, each: each)
    }

    /// What `make` makes of the first row; nil where there is none.
    public func first<T>(
        _ sql: StaticString, _ values: SQLValue..., make: (borrowing Row) throws -> T
    ) throws -> T? {
        try first(sql, bound: values, make: make)
    }

    /// Hands on rows one at a time until there are no more, or `each` returns false. For results too long to hold.
    public func scan(
        _ sql: StaticString, _ values: SQLValue..., each: (borrowing Row) throws -> Bool
    ) throws {
        let statement = try connection.begin(sql, values)
        defer { statement.reset() }
        while try statement.step() {
            guard try each(Row(statement.pointer)) else { return }
        }
    }

    /// Whether a query has any row.
    public func exists(_ sql: StaticString, _ values: SQLValue...) throws -> Bool {
        try first(sql, bound: values) { _ in true } ?? false
    }

    /// The number in the first column of the first row; 0 where there is none. For `count(*)` and `max(…)`.
    public func number(_ sql: StaticString, _ values: SQLValue...) throws -> Int64 {
        try first(sql, bound: values) { $0.int(0) } ?? 0
    }

    /// `rows` with its parameters in an array.
    public func rows<T>(
        _ sql: StaticString, bound values: [SQLValue], each: (borrowing Row) throws -> T
    ) throws -> [T] {
        let statement = try connection.begin(sql, values)
        defer { statement.reset() }
        var results: [T] = []
        while try statement.step() { results.append(try each(Row(statement.pointer))) }
        return results
    }

    /// `first` with its parameters in an array.
    public func first<T>(
        _ sql: StaticString, bound values: [SQLValue], make: (borrowing Row) throws -> T
    ) throws -> T? {
        let statement = try connection.begin(sql, values)
        defer { statement.reset() }
        return try statement.step() ? try make(Row(statement.pointer)) : nil
    }
}
