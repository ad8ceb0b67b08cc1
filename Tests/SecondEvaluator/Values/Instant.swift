/// A moment in whole milliseconds since 1970. Specification 4.7, "Date".
struct Instant {
    let milliseconds: Int

    /// ISO 8601 (a date; or date, `T`, time, perhaps a fraction, perhaps a zone; no zone is UTC), or seconds since 1970.
    init?(_ text: String) {
        let text = Array(text.utf8)
        if let whole = Instant.epoch(text) {
            milliseconds = whole
            return
        }
        guard text.count >= 10, text[4] == 0x2D, text[7] == 0x2D, let year = Instant.number(text[0..<4]),
            let month = Instant.number(text[5..<7]), let day = Instant.number(text[8..<10]),
            let days = Instant.days(year, month, day)
        else { return nil }
        if text.count == 10 {
            milliseconds = days * 86_400_000
            return
        }
        guard text[10] == 0x54 || text[10] == 0x74, let time = Instant.time(Array(text[11...])) else { return nil }
        milliseconds = days * 86_400_000 + time
    }

    /// Seconds since 1970 in milliseconds; a sign may stand before them.
    private static func epoch(_ text: [UInt8]) -> Int? {
        let digits = text.first == 0x2B || text.first == 0x2D ? Array(text.dropFirst()) : text
        guard digits.count <= 18, let seconds = number(digits[...]) else { return nil }
        let (milliseconds, isTooLarge) = seconds.multipliedReportingOverflow(by: 1000)
        return isTooLarge ? nil : text.first == 0x2D ? -milliseconds : milliseconds
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// Days since 1970, counted year by year and month by month.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[month - 1]).contains(day) else { return nil }
        let years = year >= 1970 ? Array(1970..<year) : Array(year..<1970)
        let whole = years.reduce(0) { $0 + (isLeap($1) ? 366 : 365) }
        return (year >= 1970 ? whole : -whole) + lengths[..<(month - 1)].reduce(0, +) + day - 1
    }

    /// `hh:mm[:ss[.fraction]][zone]` as milliseconds after midnight in UTC.
    private static func time(_ text: [UInt8]) -> Int? {
        let zoneStart = text.firstIndex { [0x5A, 0x7A, 0x2B, 0x2D].contains($0) } ?? text.count
        let fields = parts(Array(text[..<zoneStart]), at: 0x3A, atMost: 4)
        guard fields.count == 2 || fields.count == 3, let offset = zone(Array(text[zoneStart...])),
            let hour = number(fields[0][...]), let minute = number(fields[1][...]), (1...2).contains(fields[0].count),
            fields[1].count == 2, hour < 24, minute < 60
        else { return nil }
        guard fields.count == 3 else { return (hour * 60 + minute - offset) * 60_000 }
        let seconds = parts(fields[2], at: 0x2E, atMost: 2)
        guard seconds[0].count == 2, let second = number(seconds[0][...]), second < 60 else { return nil }
        var thousandths = 0
        if seconds.count == 2 {
            guard number(seconds[1].prefix(15)) != nil, seconds[1].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            thousandths = number((seconds[1] + [0x30, 0x30, 0x30]).prefix(3)) ?? 0
        }
        return (hour * 60 + minute - offset) * 60_000 + second * 1000 + thousandths
    }

    /// Minutes east of Greenwich: `Z`, nothing, `±hh`, `±hhmm` or `±hh:mm`.
    private static func zone(_ text: [UInt8]) -> Int? {
        guard let sign = text.first else { return 0 }
        if sign == 0x5A || sign == 0x7A { return text.count == 1 ? 0 : nil }
        var digits = Array(text.dropFirst())
        if digits.count == 5 && digits[2] == 0x3A { digits.remove(at: 2) }
        guard digits.count == 2 || digits.count == 4, let value = number(digits[...]) else { return nil }
        let minutes = digits.count == 2 ? value * 60 : value / 100 * 60 + value % 100
        return sign == 0x2D ? -minutes : minutes
    }
}
