/// Eight bytes in one word, the first in the lowest place, and questions about all eight at once.
///
/// A question subtracts from each byte and borrows its highest bit where it was too small: the answer's `marks` are the
/// bytes found, its other bits say nothing. The borrow may run on upwards, so that only the lowest mark is certain.
public enum ByteWord {
    /// The highest bit of each byte.
    public static var marks: UInt64 { @inlinable @inline(__always) get { 0x8080_8080_8080_8080 } }

    /// Callers keep `index + 8` within the bytes.
    @inlinable @inline(__always)
    static func load(_ bytes: borrowing Span<UInt8>, _ index: Int) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
    }

    /// The byte eight times.
    @inlinable @inline(__always) public static func all(_ byte: UInt8) -> UInt64 {
        0x0101_0101_0101_0101 &* UInt64(byte)
    }

    /// Which bytes are less than `limit`, 1 to 128.
    @inlinable @inline(__always) public static func below(_ limit: UInt8, _ word: UInt64) -> UInt64 {
        (word &- all(limit)) & ~word
    }

    /// Which bytes are `byte`.
    @inlinable @inline(__always) public static func equal(_ byte: UInt8, _ word: UInt64) -> UInt64 {
        below(1, word ^ all(byte))
    }

    /// One more word in a fingerprint.
    @inlinable @inline(__always)
    static func mix(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        let product = (sum ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low &+ 0x2545_F491_4F6C_DD1D
    }
}
