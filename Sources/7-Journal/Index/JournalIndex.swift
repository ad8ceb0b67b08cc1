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

    /// The most chapters made in one step: what a look at the snapshot and a transaction last.
    private static let chaptersPerStep: Int64 = 8

    /// What is to be added next; made on a snapshot, and stored later.
    public struct Addition: Sendable {
        enum Content: Sendable {
            case chapters([Chapter], from: Int64)
            case volume(StoredVolume, number: Int64)
        }

        let content: Content
        /// The last record this was made from, and the hash of the chain that ends there.
        let position: Int64
        let chain: [UInt8]
    }

    /// The next part that the journal has records for and the index has not; nil where there is none.
    public func next(_ snapshot: borrowing Snapshot) throws -> Addition? {
        let volumes = try volumeCount(snapshot)
        let chapters = try chapterCount(snapshot, volumes)
        let perVolume = Int64(IndexLayout.chaptersPerVolume)
        if chapters - volumes * perVolume >= perVolume {
            let bound = try Volume(storedChapters(volumes * perVolume..<(volumes + 1) * perVolume, snapshot)).stored
            return try addition(.volume(bound, number: volumes), layout.first(ofVolume: volumes + 1) - 1, snapshot)
        }
        let records = try snapshot.number("SELECT position FROM journal ORDER BY position DESC LIMIT 1")
        // Not beyond the end of a volume: its chapters are bound first.
        let end = min(
            records / layout.rowsPerChapter, chapters + JournalIndex.chaptersPerStep, (volumes + 1) * perVolume)
        guard chapters < end else { return nil }
        let made = try (chapters..<end).map { try chapter($0, snapshot) }
        return try addition(.chapters(made, from: chapters), layout.first(ofChapter: end) - 1, snapshot)
    }

    /// Stores an addition, unless the index or the journal is not what it was made for any more: after a reset, positions
    /// begin anew.
    public func add(_ addition: Addition, in transaction: inout Transaction) throws {
        let isSame = try transaction.exists(
            "SELECT 1 FROM journal WHERE position = ? AND chain = ?", .int(addition.position), .blob(addition.chain))
        let volumes = try volumeCount(transaction.snapshot)
        let chapters = try chapterCount(transaction.snapshot, volumes)
        guard isSame else { return }
        switch addition.content {
        case .chapters(let made, let first):
            guard chapters == first else { return }
            for (offset, chapter) in made.enumerated() { try store(chapter, first + Int64(offset), &transaction) }
        case .volume(let volume, let number):
            guard volumes == number else { return }
            try store(volume, number, &transaction)
        }
    }

    /// Whether the parts there are follow each other without a gap.
    public func isWhole(_ snapshot: borrowing Snapshot) throws -> Bool {
        let volumes = try volumeCount(snapshot)
        let first = volumes * Int64(IndexLayout.chaptersPerVolume)
        let chapters = try chapterCount(snapshot, volumes) - first
        return try snapshot.number("SELECT count(*) FROM journal_volume") == volumes
            && snapshot.number("SELECT count(*) FROM journal_volume_slice") == volumes * Int64(Volume.sliceCount)
            && snapshot.number("SELECT count(*) FROM journal_chapter") == chapters
            && snapshot.number("SELECT count(*) FROM journal_chapter WHERE chapter < ?", .int(first)) == 0
    }

    /// How many records look-ups find by the index; those after them are read.
    public func recordCount(_ snapshot: borrowing Snapshot) throws -> Int64 {
        try chapterCount(snapshot, volumeCount(snapshot)) * layout.rowsPerChapter
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

    private func addition(
        _ content: Addition.Content, _ position: Int64, _ snapshot: borrowing Snapshot
    ) throws -> Addition? {
        try snapshot.first("SELECT chain FROM journal WHERE position = ?", .int(position)) { row in
            Addition(content: content, position: position, chain: row.blob(0))
        }
    }
}

extension JournalIndex {
    /// Makes a chapter from its records.
    func chapter(_ number: Int64, _ snapshot: borrowing Snapshot) throws -> Chapter {
        let first = layout.first(ofChapter: number)
        var builder = ChapterBuilder()
        try snapshot.scan(
            "SELECT position, entry FROM journal WHERE position BETWEEN ? AND ? ORDER BY position", .int(first),
            .int(first + layout.rowsPerChapter - 1)
        ) { row in
            let sheet = layout.sheet(of: row.int(0))
            row.withSpan(1) { builder.add($0, on: sheet) }
            return true
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

    private func store(_ chapter: Chapter, _ number: Int64, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO journal_chapter (chapter, earliest, latest, keys) VALUES (?, ?, ?, ?)", .int(number),
            .int(chapter.times.earliest), .int(chapter.times.latest), .blob(PackedNumbers.pack(chapter.keys)))
    }

    /// Stores a volume in the place of its chapters.
    private func store(_ volume: StoredVolume, _ number: Int64, _ transaction: inout Transaction) throws {
        try transaction.run(
            "INSERT INTO journal_volume (volume, earliest, latest, times) VALUES (?, ?, ?, ?)", .int(number),
            .int(volume.times.earliest), .int(volume.times.latest), .blob(volume.chapterTimes))
        for (slice, keys) in volume.slices.enumerated() {
            try transaction.run(
                "INSERT INTO journal_volume_slice (id, keys) VALUES (?, ?)",
                .int(number * Int64(Volume.sliceCount) + Int64(slice)), .blob(keys))
        }
        try transaction.run(
            "DELETE FROM journal_chapter WHERE chapter < ?", .int((number + 1) * Int64(IndexLayout.chaptersPerVolume)))
    }
}
