/// Bytes as hexadecimal digits, in ASCII bytes.
public enum Hexadecimal {
    /// Lower case, two digits a byte.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        append(bytes, to: &text)
        return text
    }

    /// Appends what `encode` gives.
    public static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        bytes.withUnsafeBytes { append($0, to: &text) }
    }

    static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: bytes.count * 2, alignment: 8) { digits in
            write(bytes, to: digits)
            text.append(contentsOf: digits)
        }
    }

    /// Four bytes at a time.
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

    /// Eight digits, in the order of the bytes from the lowest: each byte is spread over two, the upper half first, and
    /// what is above nine is moved on to the letters.
    private static func digits(_ bytes: UInt32) -> UInt64 {
        var word = UInt64(bytes)
        word = (word | word << 16) & 0x0000_FFFF_0000_FFFF
        word = (word | word << 8) & 0x00FF_00FF_00FF_00FF
        word = (word >> 4 | word << 8) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (word &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return word &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    public static func string(_ bytes: [UInt8]) -> String { String(decoding: encode(bytes), as: UTF8.self) }

    /// Either case; nil for an odd count or any other byte.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? { decode(Array(text)[...]) }
    public static func decode(_ text: [UInt8]) -> [UInt8]? { decode(text[...]) }

    public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var index = text.startIndex
        while index < text.endIndex {
            guard let high = value(text[index]), let low = value(text[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
            index += 2
        }
        return bytes
    }

    /// 0 to 15, nil for what is no hexadecimal digit.
    @inline(__always) public static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x41 + 10
        case 0x61...0x66: character - 0x61 + 10
        default: nil
        }
    }

    @inline(__always) private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
