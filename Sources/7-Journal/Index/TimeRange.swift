import World

/// The earliest and the latest time of some records. The product's clock may be moved, so positions say nothing of times.
struct TimeRange: Sendable, Equatable {
    /// In milliseconds.
    private(set) var earliest: Int64
    private(set) var latest: Int64

    /// Of no records: overlaps with nothing.
    static let none = TimeRange(earliest: .max, latest: .min)

    init(earliest: Int64, latest: Int64) { (self.earliest, self.latest) = (earliest, latest) }
    init(_ earliest: Instant, _ latest: Instant) {
        (self.earliest, self.latest) = (earliest.milliseconds, latest.milliseconds)
    }

    mutating func include(_ time: Instant) {
        (earliest, latest) = (min(earliest, time.milliseconds), max(latest, time.milliseconds))
    }

    mutating func include(_ other: TimeRange) {
        (earliest, latest) = (min(earliest, other.earliest), max(latest, other.latest))
    }

    var isEmpty: Bool { earliest > latest }
    func contains(_ time: Instant) -> Bool { earliest <= time.milliseconds && time.milliseconds <= latest }
    func contains(_ other: TimeRange) -> Bool { earliest <= other.earliest && other.latest <= latest }
    func overlaps(_ other: TimeRange) -> Bool { earliest <= other.latest && other.earliest <= latest }
}

extension TimeRange {
    private static let packedBytes = 16

    static func pack(_ ranges: [TimeRange]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ranges.count * packedBytes)
        for number in ranges.flatMap({ [$0.earliest, $0.latest] }) {
            for shift in stride(from: Int64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        return bytes
    }

    static func unpack(_ bytes: Span<UInt8>) -> [TimeRange] {
        func number(_ at: Int) -> Int64 {
            var number: UInt64 = 0
            for index in at..<at + 8 { number = number << 8 | UInt64(bytes[index]) }
            return Int64(bitPattern: number)
        }
        return (0..<bytes.count / packedBytes).map {
            TimeRange(earliest: number($0 * packedBytes), latest: number($0 * packedBytes + 8))
        }
    }
}
