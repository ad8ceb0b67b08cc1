/// Base64 with the standard alphabet and padding.
/// - Source: RFC 4648, section 4.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// Value of each byte, or 0xFF.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
        return table
    }()

    /// Padded base64 text.
    public static func encode(_ bytes: [UInt8]) -> String { String(decoding: encodeBytes(bytes), as: UTF8.self) }

    /// As `encode`, as ASCII bytes.
    public static func encodeBytes(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { place, count in
            count = bytes.withUnsafeBufferPointer { bytes in
                alphabet.withUnsafeBufferPointer { encode(bytes, $0, to: place) }
            }
        }
    }

    /// - Parameter place: has room for the text. Returns its length.
    private static func encode(
        _ bytes: UnsafeBufferPointer<UInt8>, _ alphabet: UnsafeBufferPointer<UInt8>,
        to place: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var (at, out) = (0, 0)
        while at + 3 <= bytes.count {
            let group = UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
            place[out] = alphabet[Int(group >> 18)]
            place[out + 1] = alphabet[Int(group >> 12 & 63)]
            place[out + 2] = alphabet[Int(group >> 6 & 63)]
            place[out + 3] = alphabet[Int(group & 63)]
            (at, out) = (at + 3, out + 4)
        }
        let left = bytes.count - at
        guard left > 0 else { return out }
        let group = UInt32(bytes[at]) << 16 | (left > 1 ? UInt32(bytes[at + 1]) << 8 : 0)
        place[out] = alphabet[Int(group >> 18)]
        place[out + 1] = alphabet[Int(group >> 12 & 63)]
        place[out + 2] = left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
        place[out + 3] = UInt8(ascii: "=")
        return out + 4
    }

    /// Strict: padded to a multiple of four, no white space, and the unused bits of the last digit zero. Nil otherwise.
    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        guard !text.isEmpty else { return [] }
        let padding = text[text.count - 1] != UInt8(ascii: "=") ? 0 : text[text.count - 2] != UInt8(ascii: "=") ? 1 : 2
        var isValid = false
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { place, count in
            count = text.count / 4 * 3 - padding
            isValid = text.withUnsafeBufferPointer { text in
                values.withUnsafeBufferPointer { decode(text, padding, $0, to: place) }
            }
        }
        return isValid ? bytes : nil
    }

    /// - Parameter place: has room for three bytes for each four of the text, and gets all that the padding leaves.
    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>, _ padding: Int, _ values: UnsafeBufferPointer<UInt8>,
        to place: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        // The highest bit is set only in what stands for no digit.
        var seen: UInt8 = 0
        var (at, out) = (0, 0)
        let whole = text.count - (padding == 0 ? 0 : 4)
        while at < whole {
            var group: UInt32 = 0
            for digit in 0..<4 {
                let value = values[Int(text[at + digit])]
                seen |= value
                group = group << 6 | UInt32(value & 63)
            }
            place[out] = UInt8(truncatingIfNeeded: group >> 16)
            place[out + 1] = UInt8(truncatingIfNeeded: group >> 8)
            place[out + 2] = UInt8(truncatingIfNeeded: group)
            (at, out) = (at + 4, out + 3)
        }
        // The last digits: two of them carry one byte, three carry two.
        var (rest, unused): (UInt32, UInt32) = (0, 0)
        if padding > 0 {
            for digit in 0..<(4 - padding) {
                let value = values[Int(text[at + digit])]
                seen |= value
                rest = rest << 6 | UInt32(value & 63)
            }
            unused = rest & (padding == 1 ? 3 : 15)
            rest >>= padding == 1 ? 2 : 4
            if padding == 1 { place[out + 1] = UInt8(truncatingIfNeeded: rest) }
            place[out] = UInt8(truncatingIfNeeded: padding == 1 ? rest >> 8 : rest)
        }
        return seen & 0x80 == 0 && unused == 0
    }

    public static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(Array(text.utf8)) }
}
