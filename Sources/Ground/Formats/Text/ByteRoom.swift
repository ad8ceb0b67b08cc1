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

        @inline(__always)
        mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard let source = bytes.baseAddress else { return }
            (start + count).update(from: source, count: bytes.count)
            count += bytes.count
        }
    }
}
