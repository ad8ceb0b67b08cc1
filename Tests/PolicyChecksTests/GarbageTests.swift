import Testing
@testable import PolicyChecks

/// Defends: nothing that anyone can write stops the checks, and places always lie within the text.
struct GarbageTests {
    private struct Dice {
        var state: UInt64
        mutating func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(limit, 1)
        }
    }

    @Test(arguments: [1, 2, 3, 4]) func mutatedPoliciesAreSurvived(_ seed: UInt64) {
        var dice = Dice(state: seed)
        let pieces = [
            "\"", "{", "}", "[", "]", ":", ",", "*", "${", "null", "1e999", "\\u0000", "\u{1F600}", "aws:",
            "ForAllValues:",
        ]
        for one in CheckTests.cases {
            var bytes = Array(one.bad.utf8)
            guard bytes.count < 4000 else { continue }
            for _ in 0..<1 + dice.next(4) {
                let at = dice.next(bytes.count)
                switch dice.next(3) {
                case 0: bytes[at] = UInt8(dice.next(256))
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + dice.next(8)))
                default: bytes.insert(contentsOf: Array(pieces[dice.next(pieces.count)].utf8), at: at)
                }
                if bytes.isEmpty { bytes = [0x7B] }
            }
            for kind in PolicyUse.Kind.allCases { examine(bytes, PolicyUse(kind)) }
        }
    }

    private func examine(_ bytes: [UInt8], _ use: PolicyUse) {
        let text = String(decoding: bytes, as: UTF8.self)
        let length = text.unicodeScalars.count
        for finding in PolicyChecks.lint(Array(text.utf8), for: use) {
            #expect(!finding.locations.isEmpty && !finding.message.isEmpty && !finding.mend.isEmpty)
            for location in finding.locations {
                #expect(location.start.offset <= location.end.offset && location.end.offset <= length)
            }
        }
        _ = PolicyChecks.lint(bytes, for: use)
    }

    @Test func hugeListsTakeNoTime() {
        let entries = (0..<6000).map { "\"s3:*a*\($0)*\"" }.joined(separator: ",")
        let text =
            "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\(entries)],\"Resource\":\"*\"}}"
        #expect(!PolicyChecks.findings(in: text, for: PolicyUse(.identity)).isEmpty)
    }
}
