/// The characters of HTTP's grammar.
/// - Source: RFC 9110, 5.6.2 (token) and 5.5 (field value); RFC 9112, 3.2 (request target).
enum HeadSyntax {
    static let carriageReturn: UInt8 = 13
    static let lineFeed: UInt8 = 10
    static let space: UInt8 = 32
    static let tab: UInt8 = 9
    static let delete: UInt8 = 127

    // A bit for each character, literal so that no look-up stands between a byte and its answer.
    /// `!#$%&'*+-.0123456789`
    private static let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
    /// Letters and ``^_`|~``, from 64 on.
    private static let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE
    /// `-._~%!$&'()*+;=:[]`, digits and letters.
    private static let hostLow: UInt64 = 0x2FFF_6FF2_0000_0000
    private static let hostHigh: UInt64 = 0x47FF_FFFE_AFFF_FFFE

    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        if byte < 64 { return tokenLow >> UInt64(byte) & 1 == 1 }
        return byte < 128 && tokenHigh >> UInt64(byte - 64) & 1 == 1
    }

    /// Visible ASCII and bytes above it: no blank, no control character.
    @inline(__always) static func isTarget(_ byte: UInt8) -> Bool { byte > 32 && byte != 127 }
    @inline(__always) static func isValue(_ byte: UInt8) -> Bool { byte >= 32 && byte != 127 || byte == tab }
    @inline(__always) static func lower(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

    @inline(__always) static func isHost(_ byte: UInt8) -> Bool {
        if byte < 64 { return hostLow >> UInt64(byte) & 1 == 1 }
        return byte >= 128 || hostHigh >> UInt64(byte - 64) & 1 == 1
    }

    /// Whether `range` holds `expected`, which is in lower case, whatever the case in `bytes`.
    static func matches(_ bytes: Span<UInt8>, _ range: Range<Int>, _ expected: StaticString) -> Bool {
        guard range.count == expected.utf8CodeUnitCount else { return false }
        return expected.withUTF8Buffer { expected in
            for offset in 0..<expected.count {
                let byte = bytes[range.lowerBound + offset]
                if byte != expected[offset], lower(byte) != expected[offset] { return false }
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
