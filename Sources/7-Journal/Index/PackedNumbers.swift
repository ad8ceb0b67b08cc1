/// Ascending numbers as the index stores them: four bytes each, the highest first.
enum PackedNumbers {
    static func pack(_ numbers: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(numbers.count * 4)
        for number in numbers {
            bytes.append(UInt8(truncatingIfNeeded: number >> 24))
            bytes.append(UInt8(truncatingIfNeeded: number >> 16))
            bytes.append(UInt8(truncatingIfNeeded: number >> 8))
            bytes.append(UInt8(truncatingIfNeeded: number))
        }
        return bytes
    }

    static func unpack(_ bytes: Span<UInt8>) -> [UInt32] { (0..<bytes.count / 4).map { number(bytes, $0) } }

    /// Those of the numbers that lie in `range`.
    static func select(_ range: ClosedRange<UInt32>, from bytes: Span<UInt8>) -> [UInt32] {
        var (low, high) = (0, bytes.count / 4)
        while low < high {
            let middle = (low + high) / 2
            if number(bytes, middle) < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        var found: [UInt32] = []
        while low < bytes.count / 4, case let next = number(bytes, low), next <= range.upperBound {
            found.append(next)
            low += 1
        }
        return found
    }

    private static func number(_ bytes: Span<UInt8>, _ index: Int) -> UInt32 {
        let at = index * 4
        return UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
            | UInt32(bytes[at + 3])
    }
}
