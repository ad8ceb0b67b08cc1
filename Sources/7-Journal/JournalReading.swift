public import AWS
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

    /// The newest record with that event id or request id; nil where there is none.
    ///
    /// Looks at every record, of all accounts and kinds: an id alone does not say where the index has it.
    /// - Parameter account: whose records are looked at; nil for all.
    public static func event(
        _ id: String, of account: AccountID?, _ snapshot: borrowing Snapshot
    ) throws -> Entry? {
        let (wanted, owner) = (Array(id.utf8), account.map { Array($0.description.utf8) })
        var found: Entry?
        try scanBackwards(1, recordCount(snapshot), snapshot) { bytes in
            guard let fields = EntryFields(bytes), owner.map({ equal(bytes, fields.account, $0) }) ?? true else {
                return false
            }
            return equal(bytes, fields.id, wanted) || hasRequestID(bytes, from: fields.end, wanted)
        } _: { _, entry in
            found = entry
            return false
        }
        return found
    }

    private static func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: [UInt8]) -> Bool {
        guard range.count == text.count else { return false }
        for index in text.indices where bytes[range.lowerBound + index] != text[index] { return false }
        return true
    }

    /// Whether a record has that request id: behind the part's mark, in quotes.
    private static func hasRequestID(_ bytes: Span<UInt8>, from start: Int, _ id: [UInt8]) -> Bool {
        let quote = UInt8(ascii: "\"")
        guard start + 4 + id.count <= bytes.count else { return false }
        for at in start..<bytes.count - id.count - 3
        where bytes[at] == RecordPart.mark && bytes[at + 1] == RecordPart.requestID.rawValue && bytes[at + 2] == quote {
            if equal(bytes, at + 3..<at + 3 + id.count, id), bytes[at + 3 + id.count] == quote { return true }
        }
        return false
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
