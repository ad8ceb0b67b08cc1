public import Storage

extension JournalIndex {
    /// The position of the first record of a part of the index that does not fit the journal's records; nil where all do.
    ///
    /// The hash chain says nothing of the index: a record that somebody took out of it could not be looked up any more. What
    /// is not there at all is no fault, for it is made anew.
    public func verify(_ snapshot: borrowing Snapshot) throws -> Int64? {
        let volumes = try snapshot.rows("SELECT volume FROM journal_volume ORDER BY volume") { $0.int(0) }
        for volume in volumes {
            let first = volume * Int64(IndexLayout.chaptersPerVolume)
            let chapters = try (first..<first + Int64(IndexLayout.chaptersPerVolume)).map { try chapter($0, snapshot) }
            guard try stored(volume, snapshot) == Volume(chapters).stored else { return layout.first(ofVolume: volume) }
        }
        let chapters = try snapshot.rows("SELECT chapter FROM journal_chapter ORDER BY chapter") { $0.int(0) }
        for number in chapters {
            guard try storedChapters(number..<number + 1, snapshot) == [chapter(number, snapshot)] else {
                return layout.first(ofChapter: number)
            }
        }
        return nil
    }

    private func stored(_ volume: Int64, _ snapshot: borrowing Snapshot) throws -> StoredVolume? {
        let slices = try snapshot.rows(
            "SELECT keys FROM journal_volume_slice WHERE id >= ? AND id < ? ORDER BY id",
            .int(volume * Int64(Volume.sliceCount)), .int((volume + 1) * Int64(Volume.sliceCount))
        ) { $0.blob(0) }
        return try snapshot.first(
            "SELECT earliest, latest, times FROM journal_volume WHERE volume = ?", .int(volume)
        ) { row in
            StoredVolume(
                times: TimeRange(earliest: row.int(0), latest: row.int(1)), chapterTimes: row.blob(2), slices: slices)
        }
    }
}
