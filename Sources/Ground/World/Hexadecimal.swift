/// Bytes as hexadecimal digits, in ASCII.
public enum Hexadecimal {
    /// Lower case, two digits a byte.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        append(bytes, to: &text)
        return text
    }

    /// What `encode` gives, as text.
    public static func string(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            bytes.withUnsafeBytes { write($0, to: UnsafeMutableRawBufferPointer(text)) }
            return bytes.count * 2
        }
    }

    /// Appends what `encode` gives.
    public static func append(_ bytes: [UInt8], to text: inout [UInt8]) { append(bytes.span.bytes, to: &text) }

    /// Appends what `encode` gives.
    public static func append(_ bytes: RawSpan, to text: inout [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(byteCount: bytes.count * 2, alignment: 8) { digits in
                write(bytes, to: digits)
                text.append(contentsOf: digits)
            }
        }
    }

    /// The two digits of one byte.
    public static func append(_ byte: UInt8, to text: inout [UInt8]) {
        text.append(digit(byte >> 4))
        text.append(digit(byte & 15))
    }

    /// The two digits of one byte in upper case, as percent-encoding wants them.
    public static func appendUpperCase(_ byte: UInt8, to text: inout [UInt8]) {
        text.append(digit(byte >> 4, tenth: UInt8(ascii: "A")))
        text.append(digit(byte & 15, tenth: UInt8(ascii: "A")))
    }

    /// Either case; nil for an odd count or any other byte.
    @inlinable public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var rest = text.makeIterator()
        while let first = rest.next(), let second = rest.next() {
            guard let high = value(of: first), let low = value(of: second) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// 0 to 15, nil for what is no hexadecimal digit.
    @inlinable @inline(__always) public static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }

    /// Eight digits, the first in the lowest byte, of four bytes, the lowest first: each byte is spread over two, the upper
    /// half first, and what is above nine is moved on to the letters.
    @inline(__always)
    static func digits(_ bytes: UInt32) -> UInt64 {
        var word = UInt64(bytes)
        word = (word | word << 16) & 0x0000_FFFF_0000_FFFF
        word = (word | word << 8) & 0x00FF_00FF_00FF_00FF
        word = (word >> 4 | word << 8) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (word &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return word &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    /// Four bytes at a time. `text` has twice the room of `bytes`.
    private static func write(_ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableRawBufferPointer) {
        var index = 0
        while index + 4 <= bytes.count {
            let four = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            text.storeBytes(of: digits(four).littleEndian, toByteOffset: index * 2, as: UInt64.self)
            index += 4
        }
        while index < bytes.count {
            text[index * 2] = digit(bytes[index] >> 4)
            text[index * 2 + 1] = digit(bytes[index] & 15)
            index += 1
        }
    }

    /// - Parameter tenth: the digit of ten: the case of the letters.
    @inline(__always)
    private static func digit(_ value: UInt8, tenth: UInt8 = UInt8(ascii: "a")) -> UInt8 {
        value < 10 ? 0x30 + value : tenth + value - 10
    }
}
