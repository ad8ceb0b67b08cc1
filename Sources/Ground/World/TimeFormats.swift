/// The four ways AWS writes a time. Each appends ASCII to a byte buffer.
extension Instant {
    /// `2026-01-02T03:04:05Z`, or with `.123` where `fraction` is true.
    public func appendISO8601(to bytes: inout [UInt8], fraction: Bool = false) {
        let time = CivilTime(self)
        var text = InlineArray<24, UInt8>(repeating: UInt8(ascii: "-"))
        text.put(time.year, 4, at: 0)
        text.put(time.month, 2, at: 5)
        text.put(time.day, 2, at: 8)
        text[10] = UInt8(ascii: "T")
        text.put(time.hour, 2, at: 11)
        text[13] = UInt8(ascii: ":")
        text.put(time.minute, 2, at: 14)
        text[16] = UInt8(ascii: ":")
        text.put(time.second, 2, at: 17)
        if fraction {
            text[19] = UInt8(ascii: ".")
            text.put(time.millisecond, 3, at: 20)
        }
        let count = fraction ? 24 : 20
        text[count - 1] = UInt8(ascii: "Z")
        bytes.append(copying: text.span.extracting(0..<count))
    }

    /// `20260102T030405Z`, as SigV4 writes it.
    public func appendBasic(to bytes: inout [UInt8]) {
        let time = CivilTime(self)
        var text = InlineArray<16, UInt8>(repeating: UInt8(ascii: "T"))
        text.put(time.year, 4, at: 0)
        text.put(time.month, 2, at: 4)
        text.put(time.day, 2, at: 6)
        text.put(time.hour, 2, at: 9)
        text.put(time.minute, 2, at: 11)
        text.put(time.second, 2, at: 13)
        text[15] = UInt8(ascii: "Z")
        bytes.append(copying: text.span)
    }

    /// `Fri, 02 Jan 2026 03:04:05 GMT` (RFC 9110, section 5.6.7).
    public func appendHTTPDate(to bytes: inout [UInt8]) {
        let time = CivilTime(self)
        bytes.append(contentsOf: CivilTime.weekdays[time.weekday].utf8)
        bytes.append(contentsOf: ", ".utf8)
        bytes.appendDigits(time.day, 2)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: CivilTime.months[time.month - 1].utf8)
        bytes.append(UInt8(ascii: " "))
        bytes.appendDigits(time.year, 4)
        bytes.append(UInt8(ascii: " "))
        bytes.appendClock(time)
        bytes.append(contentsOf: " GMT".utf8)
    }

    public var iso8601: String { text { $0.appendISO8601(to: &$1) } }
    public var basic: String { text { $0.appendBasic(to: &$1) } }
    public var httpDate: String { text { $0.appendHTTPDate(to: &$1) } }

    private func text(_ append: (Instant, inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        append(self, &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension CivilTime {
    public static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    public static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

extension InlineArray where Element == UInt8 {
    /// Writes the last `width` decimal digits of `value`, without a sign.
    fileprivate mutating func put(_ value: Int, _ width: Int, at start: Int) {
        var rest = value.magnitude
        var index = start + width
        while index > start {
            index -= 1
            self[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}

extension [UInt8] {
    /// Appends the last `width` decimal digits of `value`, without a sign.
    public mutating func appendDigits(_ value: Int, _ width: Int) {
        let digits = value.magnitude
        if width == 2 {
            append(UInt8(ascii: "0") + UInt8(digits / 10 % 10))
            append(UInt8(ascii: "0") + UInt8(digits % 10))
            return
        }
        var divisor: UInt = 1
        for _ in 1..<Swift.max(width, 1) { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(digits / divisor % 10))
            divisor /= 10
        }
    }

    fileprivate mutating func appendClock(_ time: CivilTime) {
        appendDigits(time.hour, 2)
        append(UInt8(ascii: ":"))
        appendDigits(time.minute, 2)
        append(UInt8(ascii: ":"))
        appendDigits(time.second, 2)
    }
}
