/// The characters of HTTP's grammar.
/// - Source: RFC 9110, 5.6.2 (token) and 5.5 (field value); RFC 9112, 3.2 (request target).
enum HeadSyntax {
    static let carriageReturn: UInt8 = 13
    static let lineFeed: UInt8 = 10
    static let space: UInt8 = 32
    static let tab: UInt8 = 9

    private static let tokenLow = mask("!#$%&'*+-.0123456789", base: 0)
    private static let tokenHigh = mask("ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~", base: 64)

    private static func mask(_ characters: StaticString, base: UInt8) -> UInt64 {
        characters.withUTF8Buffer { $0.reduce(0) { $0 | 1 << UInt64($1 - base) } }
    }

    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        if byte < 64 { return tokenLow >> UInt64(byte) & 1 == 1 }
        return byte < 128 && tokenHigh >> UInt64(byte - 64) & 1 == 1
    }

    /// Visible ASCII and bytes above it: no blank, no control character.
    @inline(__always) static func isTarget(_ byte: UInt8) -> Bool { byte > 32 && byte != 127 }
    @inline(__always) static func isValue(_ byte: UInt8) -> Bool { byte >= 32 && byte != 127 || byte == tab }
    @inline(__always) static func lower(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

    static func isHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        default: "-._~%!$&'()*+;=:[]".utf8.contains(byte)
        }
    }

    /// Whether `range` holds `expected`, which is in lower case, whatever the case in `bytes`.
    static func matches(_ bytes: Span<UInt8>, _ range: Range<Int>, _ expected: StaticString) -> Bool {
        guard range.count == expected.utf8CodeUnitCount else { return false }
        return expected.withUTF8Buffer { expected in
            for offset in 0..<expected.count where lower(bytes[range.lowerBound + offset]) != expected[offset] {
                return false
            }
            return true
        }
    }

    /// `range` without blanks at both ends.
    @inline(__always) static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start] == space || bytes[start] == tab { start += 1 }
        while end > start, bytes[end - 1] == space || bytes[end - 1] == tab { end -= 1 }
        return start..<end
    }
}
