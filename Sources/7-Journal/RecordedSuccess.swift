public import Storage
public import World

extension Journal {
    /// Hands on the calls of one name to one service that succeeded, of the records from `low` up to `high`: when they were
    /// made, and what they were about.
    public static func successes(
        of name: String, to source: String, from low: Int64, through high: Int64, _ snapshot: borrowing Snapshot,
        _ each: (Instant, [Event.Subject]) -> Void
    ) throws {
        let (name, source) = (Array(name.utf8), Array(source.utf8))
        try scan(low, high, snapshot) { _, bytes in
            guard let fields = EntryFields(bytes), equals(bytes, fields.source, source),
                equals(bytes, fields.name, name), let entry = Entry([UInt8](copying: bytes)), !entry.hasError
            else { return }
            each(entry.time, entry.subjects)
        }
    }

    private static func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: [UInt8]) -> Bool {
        range.count == text.count && text.indices.allSatisfy { bytes[range.lowerBound + $0] == text[$0] }
    }
}

extension Entry {
    /// Whether the record tells of an error. No text holds the mark but doubled.
    fileprivate var hasError: Bool {
        var at = recordStart
        while at + 1 < row.count {
            if row[at] == RecordPart.mark {
                if row[at + 1] == RecordPart.errorCode.rawValue { return true }
                at += 1
            }
            at += 1
        }
        return false
    }
}
