/// Sorts numbers by some of their bits, ten at a time and the lowest first: for hashes, some times quicker than comparing.
enum RadixSort {
    private static let bits: UInt32 = 10
    private static let mask: UInt32 = 1 << bits - 1

    /// Numbers alike in the bits from `lowest` on stay in their order, so that bits which ascend already need no pass.
    /// - Parameter passes: ten bits each.
    static func sort(_ numbers: inout [UInt32], from lowest: UInt32, passes: UInt32) {
        var other = [UInt32](repeating: 0, count: numbers.count)
        for pass in 0..<passes {
            distribute(numbers.span, to: &other, by: lowest + pass * bits)
            swap(&numbers, &other)
        }
    }

    private static func distribute(_ numbers: Span<UInt32>, to other: inout [UInt32], by shift: UInt32) {
        // Where the next number with these ten bits goes.
        var places = [Int](repeating: 0, count: Int(mask) + 1)
        var sorted = other.mutableSpan
        var next = places.mutableSpan
        for index in numbers.indices { next[Int(numbers[index] >> shift & mask)] += 1 }
        var sum = 0
        for bucket in next.indices { (next[bucket], sum) = (sum, sum + next[bucket]) }
        for index in numbers.indices {
            let bucket = Int(numbers[index] >> shift & mask)
            sorted[next[bucket]] = numbers[index]
            next[bucket] += 1
        }
    }
}
