import Testing
import World

/// Defends: the forms in which AWS writes times, both ways, and that nothing else is read.
struct TimeFormatTests {
    private let instant = Instant(milliseconds: 1_767_323_045_678)

    @Test func areWritten() {
        var fraction: [UInt8] = []
        instant.appendISO8601(to: &fraction, fraction: true)
        #expect(String(decoding: fraction, as: UTF8.self) == "2026-01-02T03:04:05.678Z")
        #expect(instant.iso8601 == "2026-01-02T03:04:05Z")
        #expect(instant.basic == "20260102T030405Z")
        #expect(instant.httpDate == "Fri, 02 Jan 2026 03:04:05 GMT")
    }

    @Test func comeBackAsTheyWere() {
        // Every 100,003 seconds for a hundred and thirty years: all months, hours and minutes come by.
        var seconds: Int64 = 0
        while seconds < 4_102_444_800 {
            let instant = Instant(seconds: seconds)
            let agrees =
                Instant(iso8601: instant.iso8601) == instant
                && Instant(basicBytes: instant.basic.utf8.span) == instant
                && Instant(httpDate: instant.httpDate) == instant
            #expect(agrees, "\(instant.iso8601)")
            seconds += 100_003
        }
    }

    @Test(arguments: [
        ("2026-01-02", 1_767_312_000_000), ("2026-01-02T03:04Z", 1_767_323_040_000),
        ("2026-01-02T03:04:05", 1_767_323_045_000),
        ("2026-01-02T03:04:05.6Z", 1_767_323_045_600), ("2026-01-02T03:04:05.678901234Z", 1_767_323_045_678),
        ("2026-01-02T04:04:05+01:00", 1_767_323_045_000), ("2026-01-01T21:34:05-0530", 1_767_323_045_000),
    ])
    func variantsAreRead(_ text: String, _ milliseconds: Int64) {
        #expect(Instant(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-1-2", "2026-01-02 03:04:05Z", "2026-01-02T", "2026-01-02T03Z", "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05.1234567890Z", "2026-01-02T03:04:05+19:00", "2026-01-02T03:04:05+01:60",
        "2026-01-02T03:04:05Zx",
        "2026-02-30T00:00:00Z", "٢٠٢٦-01-02", "+026-01-02",
    ])
    func othersAreRefused(_ text: String) {
        #expect(Instant(iso8601: text) == nil)
    }

    @Test(arguments: [
        "20260102T030405", "20260102030405Z", "20261302T030405Z", "20260102T030405Z ", "2026-01-02T03:04:05Z",
    ])
    func otherBasicFormsAreRefused(_ text: String) {
        #expect(Instant(basicBytes: text.utf8.span) == nil)
    }

    @Test func durationsAreAddedAndTaken() {
        #expect(instant + .milliseconds(322) == Instant(seconds: 1_767_323_046))
        #expect(Instant(seconds: 10) - Instant(seconds: 4) == .seconds(6))
    }

    @Test func seededEntropyRepeatsItself() {
        #expect(SeededEntropy(seed: 1).bytes(32) == SeededEntropy(seed: 1).bytes(32))
        #expect(SeededEntropy(seed: 1).bytes(32) != SeededEntropy(seed: 2).bytes(32))
    }

    @Test func identifiersHaveTheirForm() {
        let identifiers = Identifiers(SeededEntropy(seed: 3))
        let uuid = identifiers.uuid()
        #expect(uuid.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        #expect(identifiers.base32(17).wholeMatch(of: /[A-Z2-7]{17}/) != nil)
        #expect(identifiers.hexadecimal(16).wholeMatch(of: /[0-9A-F]{16}/) != nil)
        #expect(identifiers.uuid() != uuid)
    }
}
