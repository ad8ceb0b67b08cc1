/// How the index parts the journal: 64 records are a sheet, 16 sheets a chapter, 64 chapters a volume.
///
/// Chapters are indexed as soon as they are full. Once a volume is full its chapters are bound together, so that a look-up
/// in a long journal has few places to ask. Sheets, chapters and volumes are counted from 0, positions from 1.
struct IndexLayout: Sendable {
    static let standard = IndexLayout(recordsPerSheet: 64)
    static let sheetsPerChapter = 16
    static let chaptersPerVolume = 64

    /// Tests take small sheets, so that a few records make a volume.
    let recordsPerSheet: Int64

    var recordsPerChapter: Int64 { recordsPerSheet * Int64(IndexLayout.sheetsPerChapter) }
    var recordsPerVolume: Int64 { recordsPerChapter * Int64(IndexLayout.chaptersPerVolume) }

    /// The position of a chapter's first record.
    func first(ofChapter chapter: Int64) -> Int64 { chapter * recordsPerChapter + 1 }
    func first(ofVolume volume: Int64) -> Int64 { volume * recordsPerVolume + 1 }

    /// Which sheet of its chapter a record is on.
    func sheet(of position: Int64) -> Int { Int((position - 1) % recordsPerChapter / recordsPerSheet) }
}
