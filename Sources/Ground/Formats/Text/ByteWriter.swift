/// Bytes as they are written: for texts made of many small pieces on every request, such as the records of the journal.
///
/// A piece costs a look at the room left and one copy. It cannot be copied itself, so that nobody else sees its memory.
public struct ByteWriter: ~Copyable {
    // Allocated here, freed in `deinit` and in `grow`; `count` bytes of it are written, never more than `capacity`.
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    public private(set) var count = 0

    public init(reserving capacity: Int = 512) {
        self.capacity = max(capacity, 64)
        start = .allocate(capacity: self.capacity)
    }

    deinit { start.deallocate() }

    /// What was written, as an array of its own.
    public var bytes: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

    /// Lends what was written.
    public func withBytes<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        try body(RawSpan(_unsafeStart: start, byteCount: count))
    }

    public mutating func byte(_ byte: UInt8) {
        room(1).pointee = byte
        count += 1
    }

    public mutating func literal(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        room(length).update(from: text.utf8Start, count: length)
        count += length
    }

    /// A text as it is. - Parameter limit: the most bytes of it that are written.
    public mutating func text(_ text: String, limit: Int = .max) {
        text.withContiguousUTF8 { utf8 in
            guard let source = utf8.baseAddress else { return }
            let length = min(utf8.count, limit)
            room(length).update(from: source, count: length)
            count += length
        }
    }

    public mutating func bytes(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else { return }
            room(bytes.count).update(from: source, count: bytes.count)
        }
        count += bytes.count
    }

    /// A number as eight bytes, or two, the greatest first.
    public mutating func bigEndian<Number: FixedWidthInteger>(_ number: Number) {
        let width = Number.bitWidth / 8
        UnsafeMutableRawPointer(room(width)).storeBytes(of: number.bigEndian, as: Number.self)
        count += width
    }

    /// Writes over what stands at `offset`: a length that was not known when its place was left.
    public mutating func replace<Number: FixedWidthInteger>(at offset: Int, with number: Number) {
        let width = Number.bitWidth / 8
        precondition(offset >= 0 && offset + width <= count, "only what was written can be replaced")
        UnsafeMutableRawPointer(start + offset).storeBytes(of: number.bigEndian, as: Number.self)
    }

    /// A JSON string: in quotes, escaped as `JSONWriter` does.
    public mutating func json(_ text: String) {
        text.withContiguousUTF8 { utf8 in
            var place = room(utf8.count + 2)
            place.pointee = JSONText.quote
            place += 1
            if let source = utf8.baseAddress { place.update(from: source, count: utf8.count) }
            if JSONText.isPlain(UnsafeBufferPointer(start: place, count: utf8.count)) {
                place[utf8.count] = JSONText.quote
                count += utf8.count + 2
            } else {
                byte(JSONText.quote)
                bytes(JSONText.escaped(utf8))
                byte(JSONText.quote)
            }
        }
    }

    /// Where the next `more` bytes go.
    @inline(__always)
    private mutating func room(_ more: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity - count < more { grow(more) }
        return start + count
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        memory.update(from: start, count: count)
        start.deallocate()
        (start, capacity) = (memory, larger)
    }
}

extension String {
    /// Lends the text's bytes; strings of this platform always are contiguous UTF-8.
    @inline(__always)
    func withContiguousUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = self
        return copy.withUTF8(body)
    }
}
