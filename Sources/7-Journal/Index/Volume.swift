/// The index of a volume: its chapters' keys in slices by their first eight bits, so that a look-up reads one slice.
struct Volume: Sendable, Equatable {
    let times: TimeRange
    /// Of each chapter.
    let chapterTimes: [TimeRange]
    /// In each slice, ascending: the rest of a key and, in the last ten bits, a sheet of the volume that has it.
    let slices: [[UInt32]]

    static let sliceCount = 256
    static let sheetBits: UInt32 = 10
    private static let sheetMask: UInt32 = 0x3FF
    private static let restBits: UInt32 = 20
    private static let restMask: UInt32 = 0xF_FFFF

    /// Binds the chapters of a volume, in their order.
    init(_ chapters: [Chapter]) {
        var times = TimeRange.none
        for chapter in chapters { times.include(chapter.times) }
        (self.times, chapterTimes) = (times, chapters.map(\.times))
        var slices = [[UInt32]](repeating: [], count: Volume.sliceCount)
        for (number, chapter) in chapters.enumerated() {
            for element in chapter.keys {
                let key = IndexKey(number: element >> Chapter.sheetBits)
                let sheet = UInt32(number * IndexLayout.sheetsPerChapter + Chapter.sheet(element))
                slices[Volume.slice(of: key)].append(Volume.lowest(key) | sheet)
            }
        }
        // The sheets of a key ascend already.
        for slice in slices.indices { RadixSort.sort(&slices[slice], from: Volume.sheetBits, passes: 2) }
        self.slices = slices
    }

    static func slice(of key: IndexKey) -> Int { Int(key.number >> restBits) }

    /// Where `key` is in its slice.
    static func range(of key: IndexKey) -> ClosedRange<UInt32> {
        lowest(key)...(lowest(key) | sheetMask)
    }

    /// The sheet of an element of a slice.
    static func sheet(_ element: UInt32) -> Int { Int(element & sheetMask) }

    private static func lowest(_ key: IndexKey) -> UInt32 { (key.number & restMask) << sheetBits }
}
