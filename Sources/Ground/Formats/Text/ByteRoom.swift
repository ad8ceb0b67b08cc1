import World

/// An array that is longer than what is written, so that a piece is copied to its place at once.
struct ByteRoom: Sendable {
    private var storage: [UInt8]
    private var count = 0

    init(_ capacity: Int) { storage = [UInt8](repeating: 0, count: capacity) }

    /// What was written.
    var bytes: [UInt8] { [UInt8](copying: storage.span.extracting(first: count)) }

    /// - Parameter most: how many bytes `body` puts at the most.
    @inline(__always)
    mutating func write(upTo most: Int, _ body: (inout Place) -> Void) {
        if storage.count - count < most {
            storage.append(contentsOf: repeatElement(0, count: max(storage.count, most, 64)))
        }
        let at = count
        count += storage.withUnsafeMutableBufferPointer { storage in
            guard let start = storage.baseAddress else { return 0 }
            var place = Place(start + at)
            body(&place)
            return place.count
        }
    }

    /// Where the next bytes go. Whoever asked for it keeps to the number of bytes asked for.
    struct Place {
        private let start: UnsafeMutablePointer<UInt8>
        fileprivate var count = 0

        @inline(__always)
        fileprivate init(_ start: UnsafeMutablePointer<UInt8>) { self.start = start }

        @inline(__always)
        mutating func put(_ byte: UInt8) {
            start[count] = byte
            count += 1
        }

        @inline(__always)
        mutating func put(_ text: StaticString) {
            (start + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
            count += text.utf8CodeUnitCount
        }

        /// In decimal digits: up to nineteen of them and a sign.
        mutating func put(_ number: Int64) {
            if number < 0 { put(UInt8(ascii: "-")) }
            var rest = number.magnitude
            var length = 1
            while length < Place.powersOfTen.count, rest >= Place.powersOfTen[length] { length += 1 }
            for place in stride(from: length - 1, through: 0, by: -1) {
                start[count + place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            count += length
        }

        static let longestNumber = 20
        private static let powersOfTen = (0..<19).map { (0..<$0).reduce(UInt64(1)) { power, _ in power * 10 } }

        @inline(__always)
        mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard let source = bytes.baseAddress else { return }
            (start + count).update(from: source, count: bytes.count)
            count += bytes.count
        }
    }
}
