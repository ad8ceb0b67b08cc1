import AWS
import Testing

@testable import Authorization

/// No pattern costs more than its length times the text's: counted, not timed.
struct BoundedWorkTests {
    private struct Steps: StepCounter {
        var count = 0
        mutating func step() { count += 1 }
    }

    /// Steps of a match beyond length times length; 0 if it keeps within.
    private func excess(_ pattern: String, _ text: String) -> Int {
        var steps = Steps()
        let glob = Glob(pattern.utf8)
        _ = Glob.matches(glob.codes.span, text.utf8Span.span, &steps)
        return max(0, steps.count - (pattern.utf8.count + 1) * (text.utf8.count + 1))
    }

    @Test func aMatchTakesNoMoreStepsThanPatternTimesText() {
        // Patterns of a policy's greatest length, full of wildcards, against long texts that almost match.
        let texts = [
            String(repeating: "a", count: 4000), String(repeating: "ab", count: 2000),
            "𐐀" + String(repeating: "a", count: 4000),
            String(repeating: "水", count: 1000), String(repeating: "a", count: 3999) + "b",
        ]
        for unit in ["*a", "a*", "*?", "?*", "*aa", "*ab", "**a", "*a?", "*水", "a*b*"] {
            for tail in ["", "b", "*b", "c*"] {
                let pattern = String(repeating: unit, count: 6144 / unit.utf8.count) + tail
                let half = String(repeating: unit, count: 20) + String(repeating: "a", count: 2000) + tail
                for text in texts {
                    #expect(excess(pattern, text) == 0)
                    #expect(excess(half, text) == 0)
                }
            }
        }
    }

    @Test func everySmallMatchKeepsWithinTheBound() {
        // All patterns and texts of up to five and six letters.
        func words(_ letters: [String], _ length: Int) -> [String] {
            (0..<length).reduce([""]) { words, _ in words + words.flatMap { word in letters.map { word + $0 } } }
        }
        let texts = Set(words(["a", "b"], 6))
        for pattern in Set(words(["a", "*", "?"], 5)) {
            for text in texts where excess(pattern, text) > 0 { Issue.record("\(pattern) against \(text)") }
        }
    }

    @Test func longValuesOfVariablesAreNotWrittenOut() {
        // What a pattern with many variables is made to is no longer than the text it is matched with.
        var context = RequestContext()
        context.set("aws:useragent", String(repeating: "a", count: 8000))
        let pattern = TextPattern(
            String(repeating: "*${aws:useragent}", count: 350), variables: true, wildcards: true)
        #expect(pattern.codes(in: context, matching: 8000) == nil)
        #expect(pattern.codes(in: context)?.count == 350 * 8001)
        let short = TextPattern("*${aws:useragent}*", variables: true, wildcards: true)
        let value = String(repeating: "a", count: 8000)
        for (text, expected) in [(value, true), ("b" + value, true), (String(value.dropLast()), false)] {
            let matches = short.matches(text.utf8Span.span, in: context)
            #expect(matches == expected)
        }
    }
}
