public import Storage

/// One look-up's way through the journal, from the newest record to the oldest.
///
/// Where a chapter or a volume is indexed, only the sheets that hold the key and may hold the time are read; what no index
/// covers (the newest records, or all of them while the index is made anew) is read record by record. Index and rows are of one
/// snapshot, so that every record is seen, and seen once.
struct IndexWalk {
    private let search: JournalSearch
    private let key: IndexKey
    private let layout: IndexLayout
    /// The newest position not looked at yet; 0 where all have been.
    private var next: Int64
    private var isDone = false

    init(_ search: JournalSearch, before position: Int64?, _ layout: IndexLayout, _ snapshot: borrowing Snapshot) throws
    {
        (self.search, self.layout) = (search, layout)
        key = search.key
        next = try Journal.newest(before: position, snapshot)
    }

    /// Hands on what is found, until `each` returns false.
    mutating func run(_ snapshot: borrowing Snapshot, each: (Int64, Entry) throws -> Bool) throws {
        if next > 0 { try walkChapters(snapshot, each) }
        if next > 0, !isDone { try walkVolumes(snapshot, each) }
        if next > 0, !isDone { try read(1, next, snapshot, each) }
    }

    private mutating func walkChapters(
        _ snapshot: borrowing Snapshot, _ each: (Int64, Entry) throws -> Bool
    ) throws {
        let (search, layout) = (search, layout)
        try snapshot.scan(
            "SELECT chapter, earliest, latest FROM journal_chapter WHERE chapter <= ? ORDER BY chapter DESC",
            .int((next - 1) / layout.recordsPerChapter)
        ) { row in
            let first = layout.first(ofChapter: row.int(0))
            try readGap(above: first + layout.recordsPerChapter - 1, snapshot, each)
            guard !isDone else { return false }
            if search.times.overlaps(TimeRange(earliest: row.int(1), latest: row.int(2))) {
                try read(sheets(ofChapter: row.int(0), snapshot), from: first, snapshot, each)
            }
            next = min(next, first - 1)
            return !isDone
        }
    }

    private mutating func walkVolumes(
        _ snapshot: borrowing Snapshot, _ each: (Int64, Entry) throws -> Bool
    ) throws {
        let (search, layout) = (search, layout)
        try snapshot.scan(
            "SELECT volume, earliest, latest FROM journal_volume WHERE volume <= ? ORDER BY volume DESC",
            .int((next - 1) / layout.recordsPerVolume)
        ) { row in
            let first = layout.first(ofVolume: row.int(0))
            try readGap(above: first + layout.recordsPerVolume - 1, snapshot, each)
            guard !isDone else { return false }
            let times = TimeRange(earliest: row.int(1), latest: row.int(2))
            if search.times.overlaps(times) {
                try read(sheets(ofVolume: row.int(0), times, snapshot), from: first, snapshot, each)
            }
            next = min(next, first - 1)
            return !isDone
        }
    }

    private func sheets(ofChapter chapter: Int64, _ snapshot: borrowing Snapshot) throws -> [Int] {
        let elements = try snapshot.first("SELECT keys FROM journal_chapter WHERE chapter = ?", .int(chapter)) { row in
            row.withSpan(0) { PackedNumbers.select(Chapter.range(of: key), from: $0) }
        }
        return (elements ?? []).map(Chapter.sheet)
    }

    /// The sheets that have the key, in chapters that overlap with the times asked for.
    private func sheets(ofVolume volume: Int64, _ times: TimeRange, _ snapshot: borrowing Snapshot) throws -> [Int] {
        let id = volume * Int64(Volume.sliceCount) + Int64(Volume.slice(of: key))
        let elements = try snapshot.first("SELECT keys FROM journal_volume_slice WHERE id = ?", .int(id)) { row in
            row.withSpan(0) { PackedNumbers.select(Volume.range(of: key), from: $0) }
        }
        let sheets = (elements ?? []).map(Volume.sheet)
        guard !sheets.isEmpty, !search.times.contains(times) else { return sheets }
        let chapters = try snapshot.first("SELECT times FROM journal_volume WHERE volume = ?", .int(volume)) { row in
            row.withSpan(0) { TimeRange.unpack($0) }
        }
        guard let chapters, chapters.count == IndexLayout.chaptersPerVolume else { return sheets }
        return sheets.filter { search.times.overlaps(chapters[$0 / IndexLayout.sheetsPerChapter]) }
    }

    /// Reads what lies above `position` and was not looked at: no index covers it.
    private mutating func readGap(
        above position: Int64, _ snapshot: borrowing Snapshot, _ each: (Int64, Entry) throws -> Bool
    ) throws {
        guard position < next else { return }
        try read(position + 1, next, snapshot, each)
        next = position
    }

    /// Reads sheets of the part that begins at `first`, from the last one; neighbours together.
    private mutating func read(
        _ sheets: [Int], from first: Int64, _ snapshot: borrowing Snapshot, _ each: (Int64, Entry) throws -> Bool
    ) throws {
        var rest = sheets[...]
        while let last = rest.popLast(), !isDone {
            var lowest = last
            while rest.last == lowest - 1 { lowest = rest.removeLast() }
            let low = first + Int64(lowest) * layout.recordsPerSheet
            let high = first + Int64(last + 1) * layout.recordsPerSheet - 1
            try read(low, min(high, next), snapshot, each)
        }
    }

    /// Reads records, from the last one.
    private mutating func read(
        _ low: Int64, _ high: Int64, _ snapshot: borrowing Snapshot, _ each: (Int64, Entry) throws -> Bool
    ) throws {
        try Journal.scanBackwards(low, high, snapshot, where: search.admits) { position, entry in
            isDone = try !each(position, entry)
            return !isDone
        }
    }
}

extension Journal {
    /// Hands on what is asked for, from the newest record to the oldest, those before `position` where given, until `each`
    /// returns false.
    public static func find(
        _ search: JournalSearch, before position: Int64? = nil, _ snapshot: borrowing Snapshot,
        each: (Int64, Entry) throws -> Bool
    ) throws {
        guard !search.times.isEmpty else { return }
        var walk = try IndexWalk(search, before: position, .standard, snapshot)
        try walk.run(snapshot, each: each)
    }
}
