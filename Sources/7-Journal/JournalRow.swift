import World

/// What a row of the journal holds: the entry of a change, or those of reads that were moved from the spool together.
///
/// A row lies at the position of its last entry; the others have the positions before it. The bytes of one entry are the
/// entry; those of several are a mark, and before each its length in four bytes, the greatest first.
enum JournalRow {
    /// What the bytes of several entries begin with. No entry begins with it: see `Entry.version`.
    static let mark: UInt8 = 2
    static let lengthBytes = 4

    /// Where the entries lie, the oldest first; at least one. What damage left without a length that fits is one entry.
    static func entries(_ row: Span<UInt8>) -> [Range<Int>] {
        guard row.count > 1, row[0] == mark else { return [0..<row.count] }
        var entries: [Range<Int>] = []
        var at = 1
        while at + lengthBytes <= row.count {
            var length = 0
            for index in at..<at + lengthBytes { length = length << 8 | Int(row[index]) }
            guard length <= row.count - at - lengthBytes else { break }
            entries.append(at + lengthBytes..<at + lengthBytes + length)
            at += lengthBytes + length
        }
        if at < row.count || entries.isEmpty { entries.append(at..<row.count) }
        return entries
    }
}

/// Puts entries together to rows: one row of twenty costs the database little more than one of one.
struct RowGatherer {
    /// A row is closed when it has so many bytes: look-ups read whole rows.
    private static let enough = 12 << 10

    private var bytes: [UInt8] = [JournalRow.mark]
    private var count: Int64 = 0

    var isFull: Bool { bytes.count >= RowGatherer.enough }

    mutating func add(_ entry: Span<UInt8>) {
        if count == 0 { bytes.reserveCapacity(RowGatherer.enough + entry.count) }
        let length = UInt32(entry.count)
        for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
        bytes.append(copying: entry)
        count += 1
    }

    /// The row of what was added, and how many entries it has; nil where nothing was. The next row begins.
    mutating func take() -> (bytes: [UInt8], count: Int64)? {
        guard count > 0 else { return nil }
        let row = (bytes: count == 1 ? Array(bytes[(1 + JournalRow.lengthBytes)...]) : bytes, count: count)
        (bytes, count) = ([JournalRow.mark], 0)
        return row
    }
}
