import Testing
import World

/// Defends: the calendar, against a counter that only knows how long months are.
struct CalendarTests {
    /// A date that goes forward a day at a time.
    private struct Day {
        var year = 1970
        var month = 1
        var day = 1
        /// 1970-01-01 was a Thursday.
        var weekday = 4

        var isLeap: Bool { (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 }

        mutating func advance() {
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            weekday = (weekday + 1) % 7
            day += 1
            if day > lengths[month - 1] { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
        }
    }

    @Test func everyDayFrom1970To2100() {
        var naive = Day()
        var number: Int64 = 0
        while naive.year <= 2100 {
            let instant = Instant(seconds: number * 86_400 + number % 86_400)
            let civil = CivilTime(instant)
            let agrees =
                civil.year == naive.year && civil.month == naive.month && civil.day == naive.day
                && civil.weekday == naive.weekday
                && CivilTime.days(year: naive.year, month: naive.month, day: naive.day) == number
                && Instant(year: naive.year, month: naive.month, day: naive.day)?.seconds == number * 86_400
            #expect(agrees, "day \(number)")
            naive.advance()
            number += 1
        }
        #expect(number == 47_847)
    }

    @Test func everySecondOfADay() {
        for second in 0..<86_400 {
            let civil = CivilTime(Instant(seconds: Int64(second) + 1_767_312_000))
            let agrees =
                civil.hour * 3600 + civil.minute * 60 + civil.second == second && civil.minute < 60 && civil.second < 60
            #expect(agrees, "second \(second)")
        }
    }

    @Test func beforeTheEpoch() {
        #expect(Instant(milliseconds: -1).iso8601 == "1969-12-31T23:59:59Z")
        #expect(CivilTime(Instant(milliseconds: -1)).millisecond == 999)
        #expect(Instant(seconds: -86_400 * 719_162).iso8601 == "0001-01-01T00:00:00Z")
    }

    @Test func theFirstAndTheLastInstant() {
        // Defends: a time that a damaged row holds is written and counted with, and does not stop the server.
        let first = Instant(milliseconds: .min)
        let last = Instant(milliseconds: .max)
        #expect(first.seconds == -9_223_372_036_854_776 && first.millisecondOfSecond == 192)
        #expect(last.seconds == 9_223_372_036_854_775 && last.millisecondOfSecond == 807)
        #expect(!first.iso8601.isEmpty && !last.httpDate.isEmpty)
        #expect(first + .seconds(-1) == first && last + .milliseconds(1) == last)
        #expect(first + .seconds(Int64.max) < last)
        #expect(Instant(seconds: .min) == first && Instant(seconds: .max) == last)
        #expect(last - first == .milliseconds(Int64.max) - .milliseconds(Int64.min))
    }

    @Test(arguments: [
        (2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (10000, 1, 1),
    ])
    func daysThatAreNotAreRefused(_ year: Int, _ month: Int, _ day: Int) {
        #expect(Instant(year: year, month: month, day: day) == nil)
    }

    @Test func noLeapSecondAndNoHour24() {
        #expect(Instant(year: 2016, month: 12, day: 31, hour: 23, minute: 59, second: 60) == nil)
        #expect(Instant(year: 2026, month: 1, day: 1, hour: 24) == nil)
    }
}
