/// Reading the times that AWS accepts. Strict: nil for anything else.
extension Instant {
    /// `2026-01-02`, `2026-01-02T03:04:05Z`, fractions of up to nine digits, offsets `+01:00`; no zone means UTC.
    public init?(iso8601 text: some StringProtocol) {
        self.init(iso8601Bytes: Array(text.utf8))
    }

    /// As `init(iso8601:)`, over bytes.
    public init?(iso8601Bytes bytes: [UInt8]) {
        var reader = DigitReader(bytes: bytes)
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"),
            let day = reader.digits(2)
        else { return nil }
        if reader.isAtEnd {
            self.init(year: year, month: month, day: day)
            return
        }
        guard reader.take("T"), let hour = reader.digits(2), reader.take(":"), let minute = reader.digits(2) else {
            return nil
        }
        var second = 0
        if reader.take(":") {
            guard let value = reader.digits(2) else { return nil }
            second = value
        }
        var millisecond = 0
        if reader.take(".") {
            guard let value = reader.fraction() else { return nil }
            millisecond = value
        }
        guard let offset = reader.zone(), reader.isAtEnd,
            let local = Instant(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second, millisecond: millisecond
            )
        else { return nil }
        self.init(milliseconds: local.milliseconds - Int64(offset) * 60_000)
    }

    /// `20260102T030405Z`, as SigV4 writes it.
    public init?(basicBytes bytes: Span<UInt8>) {
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        for index in bytes.indices where index != 8 && index != 15 && bytes[index] &- UInt8(ascii: "0") > 9 {
            return nil
        }
        func number(_ at: Int) -> Int { Int(bytes[at] &- 0x30) * 10 + Int(bytes[at + 1] &- 0x30) }
        self.init(
            year: number(0) * 100 + number(2), month: number(4), day: number(6), hour: number(9), minute: number(11),
            second: number(13))
    }

    /// `Fri, 02 Jan 2026 03:04:05 GMT`; the weekday is not checked against the date.
    public init?(httpDate text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 29, bytes[3] == UInt8(ascii: ","), bytes[4] == 0x20,
            let month = CivilTime.months.firstIndex(of: String(decoding: bytes[8..<11], as: UTF8.self))
        else { return nil }
        var reader = DigitReader(bytes: bytes, at: 5)
        guard let day = reader.digits(2), reader.take(" ") else { return nil }
        reader.position = 11
        guard reader.take(" "), let year = reader.digits(4), reader.take(" "), let hour = reader.digits(2),
            reader.take(":"),
            let minute = reader.digits(2), reader.take(":"), let second = reader.digits(2), reader.take(" "),
            reader.take("G"), reader.take("M"), reader.take("T")
        else { return nil }
        self.init(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
    }
}

private struct DigitReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8], at position: Int = 0) { (self.bytes, self.position) = (bytes, position) }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for index in position..<position + count {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        position += count
        return value
    }

    /// One to nine digits; the result is whole milliseconds, truncated.
    mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
            if count < 3 { value = value * 10 + Int(bytes[position] - 0x30) }
            count += 1
            position += 1
        }
        guard (1...9).contains(count) else { return nil }
        for _ in count..<Swift.max(count, 3) { value *= 10 }
        return value
    }

    /// Minutes east of UTC.
    mutating func zone() -> Int? {
        if isAtEnd || take("Z") { return 0 }
        let east = take("+")
        guard east || take("-"), let hours = digits(2), hours <= 18 else { return nil }
        _ = take(":")
        guard let minutes = digits(2), minutes < 60 else { return nil }
        return (east ? 1 : -1) * (hours * 60 + minutes)
    }
}
