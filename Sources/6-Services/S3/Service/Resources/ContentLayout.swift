/// The parts that a content is made of, in their order: their numbers and where each begins and ends.
struct ContentLayout: Sendable, Equatable {
    /// Ascending.
    let numbers: [Int]
    /// Where each part ends, in bytes from the beginning of the content.
    private let ends: [Int64]

    init(_ parts: [(number: Int, size: Int64)]) {
        numbers = parts.map(\.number)
        var end: Int64 = 0
        ends = parts.map { part in
            end += part.size
            return end
        }
    }

    /// As stored: of each part the number (2 bytes) and the size (8), most significant byte first.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count % 10 == 0 else { return nil }
        self.init(
            stride(from: 0, to: bytes.count, by: 10).map { start in
                let number = Int(bytes[start]) << 8 | Int(bytes[start + 1])
                let size = bytes[start + 2..<start + 10].reduce(Int64(0)) { $0 << 8 | Int64($1) }
                return (number, size)
            })
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 10)
        for (index, number) in numbers.enumerated() {
            let (range, place) = (range(at: index), stride(from: 56, through: 0, by: -8))
            bytes += [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
            bytes += place.map { UInt8(truncatingIfNeeded: Int64(range.count) >> $0) }
        }
        return bytes
    }

    var count: Int { numbers.count }
    /// Bytes.
    var size: Int64 { ends.last ?? 0 }

    func range(at index: Int) -> Range<Int64> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// The bytes of a part; nil where there is none of that number.
    func range(ofPart number: Int) -> Range<Int64>? {
        numbers.firstIndex(of: number).map { range(at: $0) }
    }

    /// The parts that have bytes of `range`, by their places in the order.
    func indices(touching range: Range<Int64>) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        let first = firstIndex { $0 > range.lowerBound }
        let last = firstIndex { $0 >= range.upperBound }
        return first..<min(last + 1, count)
    }

    /// The first part whose end fulfils a condition that holds of all after it, too.
    private func firstIndex(where holds: (Int64) -> Bool) -> Int {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(ends[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
