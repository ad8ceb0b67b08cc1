import CSystem

/// Looking for bytes, many at a time. The answers are those of a plain loop; heads and forms are read this way on every
/// request, where the plain loop would show.
extension Span<UInt8> {
    /// The first position of `byte` in `range`; nil where it is not there.
    public func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a search within the bytes")
        return withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress,
                let found = memchr(start + range.lowerBound, Int32(byte), range.count)
            else { return nil }
            return UnsafeRawPointer(found) - start
        }
    }

    /// The first position in `range` of a byte that is less than `limit` (1 to 128) or is `other`; nil where none is.
    @inlinable
    public func firstIndex(below limit: UInt8, or other: UInt8, in range: Range<Int>) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a search within the bytes")
        let pattern = 0x0101_0101_0101_0101 &* UInt64(other)
        var index = range.lowerBound
        while index &+ 8 <= range.upperBound {
            let word = ByteWord.load(self, index)
            let found = ByteWord.below(limit, word) | ByteWord.below(1, word ^ pattern)
            if found != 0 { return index &+ found.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < range.upperBound {
            if self[index] < limit || self[index] == other { return index }
            index &+= 1
        }
        return nil
    }

    /// Whether both hold the same bytes. Takes the longer the more they agree: not for secrets.
    @inlinable
    public func holdsSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var index = 0
        while index &+ 8 <= count {
            guard ByteWord.load(self, index) == ByteWord.load(other, index) else { return false }
            index &+= 8
        }
        while index < count {
            guard self[index] == other[index] else { return false }
            index &+= 1
        }
        return true
    }

    /// Whether these are the bytes of `text`, with case.
    @inlinable
    public func isExactly(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        let wanted = UnsafeRawPointer(text.utf8Start)
        var index = 0
        while index &+ 8 <= count {
            let word = UInt64(littleEndian: wanted.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            guard ByteWord.load(self, index) == word else { return false }
            index &+= 8
        }
        while index < count {
            guard self[index] == wanted.load(fromByteOffset: index, as: UInt8.self) else { return false }
            index &+= 1
        }
        return true
    }

    /// Whether all are below 128, and so text in UTF-8 as they are.
    @inlinable
    public var isASCII: Bool {
        var index = 0
        while index &+ 8 <= count {
            guard ByteWord.load(self, index) & 0x8080_8080_8080_8080 == 0 else { return false }
            index &+= 8
        }
        while index < count {
            guard self[index] < 0x80 else { return false }
            index &+= 1
        }
        return true
    }

    /// Where the first `text`, which is not empty, ends in `range`; nil where it is not there.
    public func end(of text: StaticString, in range: Range<Int>) -> Int? {
        let length = text.utf8CodeUnitCount
        var start = range.lowerBound
        while start + length <= range.upperBound,
            let first = firstIndex(of: text.utf8Start.pointee, in: start..<range.upperBound - length + 1)
        {
            if extracting(first..<first + length).isExactly(text) { return first + length }
            start = first + 1
        }
        return nil
    }

    /// A number for hash tables, the same for the same bytes.
    @inlinable
    public var fingerprint: UInt64 {
        var sum = UInt64(truncatingIfNeeded: count)
        var index = 0
        while index &+ 8 <= count {
            sum = ByteWord.mix(sum, ByteWord.load(self, index))
            index &+= 8
        }
        var rest: UInt64 = 0
        while index < count {
            rest = rest << 8 | UInt64(self[index])
            index &+= 1
        }
        return ByteWord.mix(sum, rest)
    }
}

/// Eight bytes in one word, the first in the lowest place.
@usableFromInline
enum ByteWord {
    /// Callers keep `index + 8` within the bytes.
    @inlinable @inline(__always)
    static func load(_ bytes: borrowing Span<UInt8>, _ index: Int) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
    }

    /// A word whose lowest set bit is in the first byte that is less than `limit` (1 to 128); zero where there is none.
    /// Higher bits may be wrong, since a borrow runs upwards from the first.
    @inlinable @inline(__always)
    static func below(_ limit: UInt8, _ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101 &* UInt64(limit)) & ~word & 0x8080_8080_8080_8080
    }

    @inlinable @inline(__always)
    static func mix(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        let product = (sum ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low &+ 0x2545_F491_4F6C_DD1D
    }
}
