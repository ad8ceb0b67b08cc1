import World

/// A date as the Date operators compare it: whole milliseconds since 1970, fractions cut off.
///
/// Reads epoch seconds (`1893456000`, optional sign) and the W3C profile of ISO 8601, read kindly: month, day and time
/// may be left out, `t` may be lower case, hours, minutes and seconds may have one digit. No zone means UTC.
struct DateValue: Sendable, Hashable, Comparable {
    let milliseconds: Int64

    init?(_ text: String) {
        var reader = DateReader(bytes: Array(text.utf8))
        guard let value = reader.epoch() ?? reader.calendar() else { return nil }
        milliseconds = value
    }

    static func < (left: DateValue, right: DateValue) -> Bool { left.milliseconds < right.milliseconds }
}

private struct DateReader {
    let bytes: [UInt8]
    private var at = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Signed whole seconds, if the text is nothing else.
    func epoch() -> Int64? {
        guard bytes.count <= 20, let seconds = Int64(String(decoding: bytes, as: UTF8.self)) else { return nil }
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : milliseconds
    }

    mutating func calendar() -> Int64? {
        guard let year = number(4...4) else { return nil }
        var (month, day) = (1, 1)
        if take("-") {
            guard let value = number(1...2) else { return nil }
            month = value
            if take("-") {
                guard let value = number(1...2) else { return nil }
                day = value
            }
        }
        guard !isAtEnd else { return milliseconds(year, month, day, (0, 0, 0, 0), offset: 0) }
        guard take("T") || take("t"), let time = timeOfDay(), let offset = zone(), isAtEnd else { return nil }
        return milliseconds(year, month, day, time, offset: offset)
    }

    private mutating func timeOfDay() -> (Int, Int, Int, Int)? {
        guard let hour = number(1...2), hour < 24 else { return nil }
        var (minute, second, millisecond) = (0, 0, 0)
        if take(":") {
            guard let value = number(1...2) else { return nil }
            minute = value
            if take(":") {
                guard let value = number(1...2) else { return nil }
                second = value
                if take(".") || take(",") {
                    guard let value = fraction() else { return nil }
                    millisecond = value
                }
            }
        }
        return (hour, minute, second, millisecond)
    }

    /// Minutes east of UTC.
    private mutating func zone() -> Int? {
        if isAtEnd || take("Z") || take("z") { return 0 }
        let isWest = bytes[at] == UInt8(ascii: "-")
        guard take("+") || take("-"), let hours = number(2...2), hours < 24 else { return nil }
        if isAtEnd { return (isWest ? -1 : 1) * hours * 60 }
        _ = take(":")
        guard let minutes = number(2...2), minutes < 60 else { return nil }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }

    private func milliseconds(
        _ year: Int, _ month: Int, _ day: Int, _ time: (Int, Int, Int, Int), offset: Int
    ) -> Int64? {
        guard
            let instant = Instant(
                year: year, month: month, day: day, hour: time.0, minute: time.1, second: time.2, millisecond: time.3)
        else { return nil }
        return instant.milliseconds - Int64(offset) * 60_000
    }

    private var isAtEnd: Bool { at == bytes.count }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func number(_ width: ClosedRange<Int>) -> Int? {
        var value = 0
        var count = 0
        while at < bytes.count, count < width.upperBound, (0x30...0x39).contains(bytes[at]) {
            value = value * 10 + Int(bytes[at] - 0x30)
            at += 1
            count += 1
        }
        return width.contains(count) ? value : nil
    }

    /// Milliseconds, the digits beyond the third passed over.
    private mutating func fraction() -> Int? {
        var (value, count) = (0, 0)
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) {
            if count < 3 { value = value * 10 + Int(bytes[at] - 0x30) }
            count += 1
            at += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }
}
