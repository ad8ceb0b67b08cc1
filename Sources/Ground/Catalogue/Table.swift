/// A table of the program's read-only data: it is there as long as the process, and nobody writes it.
struct Table: Sendable {
    private let start: UInt
    let count: Int

    init(_ locate: (UnsafeMutablePointer<Int>) -> UnsafePointer<UInt8>?) {
        var count = 0
        start = UInt(bitPattern: locate(&count))
        self.count = count
    }

    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        body(UnsafeBufferPointer(start: UnsafePointer(bitPattern: start), count: count))
    }

    /// The text of a range of bytes.
    func text(_ range: Range<Int>) -> String { withBytes { String(decoding: $0[range], as: UTF8.self) } }

    /// The lines of a range, each cut at its tabs.
    func rows(_ range: Range<Int>) -> [[Substring]] {
        text(range).split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    }
}
