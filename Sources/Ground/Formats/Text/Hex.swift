/// Bytes as hexadecimal digits.
public enum Hex {
    public static let lowercaseDigits = Array("0123456789abcdef".utf8)
    public static let uppercaseDigits = Array("0123456789ABCDEF".utf8)

    /// Two digits a byte.
    public static func encode(_ bytes: some Sequence<UInt8>, uppercase: Bool = false) -> String {
        String(decoding: encodeBytes(bytes, uppercase: uppercase), as: UTF8.self)
    }

    public static func encodeBytes(_ bytes: some Sequence<UInt8>, uppercase: Bool = false) -> [UInt8] {
        let digits = uppercase ? uppercaseDigits : lowercaseDigits
        var result: [UInt8] = []
        result.reserveCapacity(bytes.underestimatedCount * 2)
        for byte in bytes {
            result.append(digits[Int(byte >> 4)])
            result.append(digits[Int(byte & 15)])
        }
        return result
    }

    /// Nil unless `text` is an even number of hexadecimal digits of either case.
    public static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var high: UInt8?
        for byte in text {
            guard let digit = value(of: byte) else { return nil }
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? result : nil
    }

    public static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(text.utf8) }

    /// The value, 0 to 15, of one hexadecimal digit.
    @inlinable public static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
