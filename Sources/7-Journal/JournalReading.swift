public import Storage
import World

/// Reading the journal by positions.
extension Journal {
    /// The position of the newest record, which is how many there are: positions are counted from 1 without a gap.
    public static func recordCount(_ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.number("SELECT position FROM journal ORDER BY position DESC LIMIT 1")
    }

    /// The newest position, of those before `position` where given: any number, for clients choose it. 0 where there is
    /// none.
    static func newest(before position: Int64?, _ snapshot: borrowing Snapshot) throws -> Int64 {
        guard let position else { return try recordCount(snapshot) }
        return position < 1 ? 0 : try min(position - 1, recordCount(snapshot))
    }

    /// Hands on records from the newest backwards, those before `position` where given, until `each` returns false.
    public static func scanBackwards(
        before position: Int64?, _ snapshot: borrowing Snapshot, each: (Int64, Entry) throws -> Bool
    ) throws {
        try scanBackwards(1, newest(before: position, snapshot), snapshot, where: { _ in true }, each)
    }

    /// Hands on the entries at the positions from `high` down to `low` that are asked for, until `each` returns false.
    static func scanBackwards(
        _ low: Int64, _ high: Int64, _ snapshot: borrowing Snapshot, where isAskedFor: (Span<UInt8>) -> Bool,
        _ each: (Int64, Entry) throws -> Bool
    ) throws {
        guard low <= high else { return }
        try snapshot.scan(
            "SELECT position, entry FROM journal WHERE position BETWEEN ? AND ? ORDER BY position DESC", .int(low),
            .int(row(of: high, snapshot) ?? high)
        ) { row in
            try row.withSpan(1) { bytes in
                var position = row.int(0)
                for range in JournalRow.entries(bytes).reversed() where position >= low {
                    let entry = bytes.extracting(range)
                    if position <= high, isAskedFor(entry), let entry = Entry([UInt8](copying: entry)) {
                        guard try each(position, entry) else { return false }
                    }
                    position -= 1
                }
                return true
            }
        }
    }

    /// Hands on the bytes of the entries from `low` up to `high`.
    static func scan(
        _ low: Int64, _ high: Int64, _ snapshot: borrowing Snapshot, _ each: (Int64, Span<UInt8>) -> Void
    ) throws {
        try snapshot.scan(
            "SELECT position, entry FROM journal WHERE position BETWEEN ? AND ? ORDER BY position", .int(low),
            .int(row(of: high, snapshot) ?? high)
        ) { row in
            row.withSpan(1) { bytes in
                let entries = JournalRow.entries(bytes)
                var position = row.int(0) - Int64(entries.count) + 1
                for range in entries {
                    if position >= low, position <= high { each(position, bytes.extracting(range)) }
                    position += 1
                }
            }
            return true
        }
    }

    /// Where the row lies that holds a position, which is at its last one; nil where there is none so high.
    private static func row(of position: Int64, _ snapshot: borrowing Snapshot) throws -> Int64? {
        try snapshot.first("SELECT position FROM journal WHERE position >= ? ORDER BY position LIMIT 1", .int(position))
        {
            $0.int(0)
        }
    }
}
