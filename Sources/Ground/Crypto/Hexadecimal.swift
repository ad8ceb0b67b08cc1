/// Bytes as hexadecimal digits, in ASCII bytes.
public enum Hexadecimal {
    /// Lower case, two digits a byte.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text = [UInt8](repeating: 0, count: bytes.count * 2)
        write(bytes, to: &text, at: 0)
        return text
    }

    /// Appends what `encode` gives.
    public static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        let start = text.count
        text.append(contentsOf: repeatElement(0, count: bytes.count * 2))
        write(bytes, to: &text, at: start)
    }

    private static func write(_ bytes: [UInt8], to text: inout [UInt8], at start: Int) {
        text.withUnsafeMutableBufferPointer { text in
            var place = start
            for byte in bytes {
                text[place] = digit(byte >> 4)
                text[place + 1] = digit(byte & 15)
                place += 2
            }
        }
    }

    public static func string(_ bytes: [UInt8]) -> String { String(decoding: encode(bytes), as: UTF8.self) }

    /// Either case; nil for an odd count or any other byte.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? { decode(Array(text)[...]) }
    public static func decode(_ text: [UInt8]) -> [UInt8]? { decode(text[...]) }

    public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes = [UInt8](repeating: 0, count: text.count / 2)
        let characters = text.span
        let areDigits = bytes.withUnsafeMutableBufferPointer { bytes in
            for index in bytes.indices {
                guard let high = value(characters[2 * index]), let low = value(characters[2 * index + 1]) else {
                    return false
                }
                bytes[index] = high << 4 | low
            }
            return true
        }
        return areDigits ? bytes : nil
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
