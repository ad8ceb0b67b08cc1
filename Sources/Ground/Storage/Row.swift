import CSQLite

/// One row of a result, valid only inside the closure it is handed to. Columns count from 0, in the order of the SELECT.
///
/// Reading a column as another type than it holds follows SQLite's conversions; tables are STRICT, so that does not
/// arise in schemas of ours. NULL reads as an empty text, 0 or no bytes: use the `…OrNull` forms where it may occur.
public struct Row: ~Copyable {
    // The prepared statement outlives the row: rows are made and lent by the loop that steps it.
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) { self.statement = statement }

    public func text(_ column: Int) -> String {
        guard let bytes = sqlite3_column_text(statement, Int32(column)) else { return "" }
        // The pointer stays valid until the next step; the String copies it here.
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    public func int(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

    public func bool(_ column: Int) -> Bool { int(column) != 0 }

    public func blob(_ column: Int) -> [UInt8] { withBytes(column) { Array($0) } }

    public func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    public func textOrNull(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    public func intOrNull(_ column: Int) -> Int64? { isNull(column) ? nil : int(column) }
    public func blobOrNull(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// The bytes of a text or blob where they lie, without a copy.
    public func withSpan<R>(_ column: Int, _ body: (Span<UInt8>) throws -> R) rethrows -> R {
        try withBytes(column) { try body($0.span) }
    }

    private func withBytes<R>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        // `column_blob` first: it fixes the representation that `column_bytes` then measures.
        let bytes = sqlite3_column_blob(statement, Int32(column))?.assumingMemoryBound(to: UInt8.self)
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return try body(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
    }
}
