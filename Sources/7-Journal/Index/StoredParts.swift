/// A chapter as its row holds it.
struct StoredChapter: Sendable, Equatable {
    let times: TimeRange
    let keys: [UInt8]
}

/// A volume as its rows hold it.
struct StoredVolume: Sendable, Equatable {
    let times: TimeRange
    let chapterTimes: [UInt8]
    let slices: [[UInt8]]
}

extension Chapter {
    var stored: StoredChapter { StoredChapter(times: times, keys: PackedNumbers.pack(keys)) }
}

extension Volume {
    var stored: StoredVolume {
        StoredVolume(times: times, chapterTimes: TimeRange.pack(chapterTimes), slices: slices.map(PackedNumbers.pack))
    }
}
