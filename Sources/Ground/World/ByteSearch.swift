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
        var index = range.lowerBound
        while index &+ 8 <= range.upperBound {
            let word = ByteWord.load(self, index)
            let found = (ByteWord.below(limit, word) | ByteWord.equal(other, word)) & ByteWord.marks
            if found != 0 { return index &+ found.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < range.upperBound {
            if self[index] < limit || self[index] == other { return index }
            index &+= 1
        }
        return nil
    }

    /// Whether `suspects`, which asks `ByteWord`'s questions of eight bytes, marks none of them. Fewer than eight are filled
    /// up with `a`, which must not be suspect.
    @inlinable @inline(__always) public func isClear(of suspects: (UInt64) -> UInt64) -> Bool {
        var found: UInt64 = 0
        if count >= 8 {
            var index = 0
            while index < count &- 8 {
                found |= suspects(ByteWord.load(self, index))
                index &+= 8
            }
            // The last eight overlap those before.
            found |= suspects(ByteWord.load(self, count &- 8))
        } else {
            var word = ByteWord.all(UInt8(ascii: "a"))
            for index in indices { word = word << 8 | UInt64(self[index]) }
            found = suspects(word)
        }
        return found & ByteWord.marks == 0
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
            guard ByteWord.load(self, index) & ByteWord.marks == 0 else { return false }
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
