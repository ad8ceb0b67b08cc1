public import Storage

/// The index over the journal: made after the commit by an observer, never by who writes records.
///
/// It is derived from the journal alone. What it does not cover yet, look-ups read row by row; if it is lost, it is made
/// anew. Its end is its cursor: the highest chapter there is.
public struct JournalIndex: Sendable {
    let layout: IndexLayout

    public init() { layout = .standard }
    init(_ layout: IndexLayout) { self.layout = layout }

    /// The journal schema's second step. A slice's id is its volume times 256 plus its number.
    static let tables = Migration(
        2,
        """
        CREATE TABLE journal_chapter (
            chapter INTEGER PRIMARY KEY, earliest INTEGER NOT NULL, latest INTEGER NOT NULL, keys BLOB NOT NULL
        ) STRICT;
        CREATE TABLE journal_volume (
            volume INTEGER PRIMARY KEY, earliest INTEGER NOT NULL, latest INTEGER NOT NULL, times BLOB NOT NULL
        ) STRICT;
        CREATE TABLE journal_volume_slice (id INTEGER PRIMARY KEY, keys BLOB NOT NULL) STRICT;
        """)

    /// How much one addition stores or removes at most: so much that the writer is held up for a millisecond, not ten.
    private static let chaptersAtOnce: Int64 = 4
    private static let slicesAtOnce = 16

    /// What is to be stored in one transaction; made on a snapshot before it.
    public struct Addition: Sendable {
        enum Content: Sendable {
            case chapters([StoredChapter], from: Int64)
            /// Slices by their ids, for a volume that is not there yet: nobody reads them before.
            case slices([(id: Int64, keys: [UInt8])], ofVolume: Int64)
            /// A volume whose slices are there.
            case volume(StoredVolume, number: Int64)
            /// The oldest chapters, which are bound in a volume.
            case removal(below: Int64)
        }

        let content: Content
        /// Where the row lies with the last record this was made from, and the hash of the chain that ends there.
        let row: Int64
        let chain: [UInt8]
    }

    /// The next part that the journal has records for and the index has not; to be added piece by piece, in this order.
    /// Empty where there is none.
    public func next(_ snapshot: borrowing Snapshot) throws -> [Addition] {
        let volumes = try volumeCount(snapshot)
        let chapters = try chapterCount(snapshot, volumes)
        let bound = volumes * Int64(IndexLayout.chaptersPerVolume)
        let end = bound + Int64(IndexLayout.chaptersPerVolume)
        let oldest = try snapshot.first("SELECT chapter FROM journal_chapter ORDER BY chapter LIMIT 1") { $0.int(0) }
        if let oldest, oldest < bound {
            // From the oldest on: those that are left then follow each other, and the volume covers what is before them.
            return try additions(
                [.removal(below: min(oldest + JournalIndex.chaptersAtOnce, bound))],
                asOf: layout.first(ofChapter: bound) - 1, snapshot)
        }
        if chapters >= end {
            let chapters = try storedChapters(bound..<end, snapshot)
            // Somebody else has removed some: the index stands still until it is made anew, after the next start.
            guard chapters.count == IndexLayout.chaptersPerVolume else { return [] }
            return try additions(
                contents(of: Volume(chapters).stored, volumes), asOf: layout.first(ofChapter: end) - 1, snapshot)
        }
        let records = try Journal.recordCount(snapshot)
        // Not beyond the end of a volume: its chapters are bound first.
        let full = min(records / layout.recordsPerChapter, chapters + JournalIndex.chaptersAtOnce, end)
        guard chapters < full else { return [] }
        let made = try (chapters..<full).map { try chapter($0, snapshot).stored }
        return try additions([.chapters(made, from: chapters)], asOf: layout.first(ofChapter: full) - 1, snapshot)
    }

    private func contents(of volume: StoredVolume, _ number: Int64) -> [Addition.Content] {
        let slices = volume.slices.enumerated().map { slice, keys in
            (id: number * Int64(Volume.sliceCount) + Int64(slice), keys: keys)
        }
        let groups = stride(from: 0, to: slices.count, by: JournalIndex.slicesAtOnce).map { first in
            Addition.Content.slices(Array(slices[first..<first + JournalIndex.slicesAtOnce]), ofVolume: number)
        }
        return groups + [.volume(volume, number: number)]
    }

    /// Nothing where the journal does not reach as far as `position`.
    private func additions(
        _ contents: [Addition.Content], asOf position: Int64, _ snapshot: borrowing Snapshot
    ) throws -> [Addition] {
        let row = try snapshot.first(
            "SELECT position, chain FROM journal WHERE position >= ? ORDER BY position LIMIT 1", .int(position)
        ) { (position: $0.int(0), chain: $0.blob(1)) }
        guard let row else { return [] }
        return contents.map { Addition(content: $0, row: row.position, chain: row.chain) }
    }

    /// Stores an addition, unless the index or the journal is not what it was made for any more: after a reset, positions
    /// begin anew.
    public func add(_ addition: Addition, in transaction: inout Transaction) throws {
        let isSame = try transaction.exists(
            "SELECT 1 FROM journal WHERE position = ? AND chain = ?", .int(addition.row), .blob(addition.chain))
        guard isSame else { return }
        let volumes = try volumeCount(transaction.snapshot)
        let chapters = try chapterCount(transaction.snapshot, volumes)
        switch addition.content {
        case .chapters(let made, let first):
            guard chapters == first else { return }
            for (offset, chapter) in made.enumerated() { try store(chapter, first + Int64(offset), &transaction) }
        case .slices(let slices, let volume):
            guard volumes == volume else { return }
            for slice in slices { try store(slice.keys, slice.id, &transaction) }
        case .volume(let volume, let number):
            guard volumes == number, try sliceCount(ofVolume: number, transaction.snapshot) == Volume.sliceCount else {
                return
            }
            try store(volume, number, &transaction)
        case .removal(let end):
            guard end <= volumes * Int64(IndexLayout.chaptersPerVolume) else { return }
            try transaction.run("DELETE FROM journal_chapter WHERE chapter < ?", .int(end))
        }
    }

    /// Whether the parts there are follow each other without a gap.
    public func isWhole(_ snapshot: borrowing Snapshot) throws -> Bool {
        let volumes = try volumeCount(snapshot)
        let bound = volumes * Int64(IndexLayout.chaptersPerVolume)
        let end = try chapterCount(snapshot, volumes)
        // Some that are bound may not have been removed yet.
        let first =
            try snapshot.first("SELECT chapter FROM journal_chapter ORDER BY chapter LIMIT 1") { $0.int(0) } ?? end
        return try first <= bound && snapshot.number("SELECT count(*) FROM journal_chapter") == end - first
            && snapshot.number("SELECT count(*) FROM journal_volume") == volumes
            && snapshot.number(
                "SELECT count(*) FROM journal_volume_slice WHERE id < ?", .int(volumes * Int64(Volume.sliceCount)))
                == volumes * Int64(Volume.sliceCount)
    }

    /// How many records look-ups find by the index; those after them are read.
    public func recordCount(_ snapshot: borrowing Snapshot) throws -> Int64 {
        try chapterCount(snapshot, volumeCount(snapshot)) * layout.recordsPerChapter
    }

    /// Removes all there is, to be made anew.
    public func clear(in transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM journal_chapter")
        try transaction.run("DELETE FROM journal_volume")
        try transaction.run("DELETE FROM journal_volume_slice")
    }

    private func volumeCount(_ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.first("SELECT volume FROM journal_volume ORDER BY volume DESC LIMIT 1") { $0.int(0) + 1 } ?? 0
    }

    /// How many chapters are indexed, those bound in volumes included.
    private func chapterCount(_ snapshot: borrowing Snapshot, _ volumes: Int64) throws -> Int64 {
        try snapshot.first("SELECT chapter FROM journal_chapter ORDER BY chapter DESC LIMIT 1") { $0.int(0) + 1 }
            ?? volumes * Int64(IndexLayout.chaptersPerVolume)
    }

    private func sliceCount(ofVolume volume: Int64, _ snapshot: borrowing Snapshot) throws -> Int {
        let first = volume * Int64(Volume.sliceCount)
        return try Int(
            snapshot.number(
                "SELECT count(*) FROM journal_volume_slice WHERE id >= ? AND id < ?", .int(first),
                .int(first + Int64(Volume.sliceCount))))
    }
}

extension JournalIndex {
    /// Makes a chapter from its records.
    func chapter(_ number: Int64, _ snapshot: borrowing Snapshot) throws -> Chapter {
        let first = layout.first(ofChapter: number)
        var builder = ChapterBuilder()
        try Journal.scan(first, first + layout.recordsPerChapter - 1, snapshot) { position, entry in
            builder.add(entry, on: layout.sheet(of: position))
        }
        return builder.finish()
    }

    func storedChapters(_ range: Range<Int64>, _ snapshot: borrowing Snapshot) throws -> [Chapter] {
        try snapshot.rows(
            "SELECT earliest, latest, keys FROM journal_chapter WHERE chapter >= ? AND chapter < ? ORDER BY chapter",
            .int(range.lowerBound), .int(range.upperBound)
        ) { row in
            Chapter(
                times: TimeRange(earliest: row.int(0), latest: row.int(1)),
                keys: row.withSpan(2) { PackedNumbers.unpack($0) })
        }
    }

    private func store(_ chapter: StoredChapter, _ number: Int64, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO journal_chapter (chapter, earliest, latest, keys) VALUES (?, ?, ?, ?)", .int(number),
            .int(chapter.times.earliest), .int(chapter.times.latest), .blob(chapter.keys))
    }

    /// One of an attempt that was cut short may be there.
    private func store(_ slice: [UInt8], _ id: Int64, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO journal_volume_slice (id, keys) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET keys = excluded.keys",
            .int(id), .blob(slice))
    }

    private func store(_ volume: StoredVolume, _ number: Int64, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO journal_volume (volume, earliest, latest, times) VALUES (?, ?, ?, ?)", .int(number),
            .int(volume.times.earliest), .int(volume.times.latest), .blob(volume.chapterTimes))
    }
}
