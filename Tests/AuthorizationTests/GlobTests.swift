import Testing

@testable import Authorization

struct GlobTests {
    /// The definition: recursive over UTF-16 code units, slow and plain.
    static func naive(_ pattern: ArraySlice<UInt16>, _ text: ArraySlice<UInt16>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == 0x2A {
            return naive(pattern.dropFirst(), text) || !text.isEmpty && naive(pattern, text.dropFirst())
        }
        guard let unit = text.first, first == 0x3F || first == unit else { return false }
        return naive(pattern.dropFirst(), text.dropFirst())
    }

    @Test func agreesWithTheDefinition() {
        // Every pattern and text up to four letters of a small alphabet, characters of one to four bytes included.
        let letters = ["a", "b", "*", "?", "é", "水", "𐐀"]
        var words = [""]
        for length in 0..<3 {
            words += words.filter { $0.count == length }.flatMap { word in letters.map { word + $0 } }
        }
        for pattern in words {
            let glob = Glob(pattern.utf8)
            for text in words {
                let expected = GlobTests.naive(Array(pattern.utf16)[...], Array(text.utf16)[...])
                if glob.matches(text) != expected { Issue.record("\(pattern) against \(text)") }
            }
        }
    }

    @Test func hostilePatternsEnd() {
        // Hundreds of stars against a text that almost matches: quadratic at worst, never exponential.
        let text = String(repeating: "a", count: 20_000)
        #expect(!Glob((String(repeating: "a*", count: 300) + "b").utf8).matches(text))
        #expect(!Glob((String(repeating: "*?", count: 300) + "b").utf8).matches(text))
        #expect(Glob((String(repeating: "*a", count: 300) + "*").utf8).matches(text))
        #expect(!Glob((String(repeating: "a*", count: 100) + "b").utf8).matches("𐐀" + text))
    }

    @Test(arguments: [
        ("*", "s3:GetObject", true), ("s3:*", "S3:getobject", true), ("S3:GETOBJECT", "s3:GetObject", true),
        ("s3:Get?bject", "s3:GetObject", true), ("s3:GetObject ", "s3:GetObject", false), ("s3", "s3:GetObject", false),
        ("*:*", "s3:GetObject", true), ("s*:Get*", "s3:GetObject", true), ("**", "s3:GetObject", false),
        ("s3:Get*,s3:Put*", "s3:GetObject", false), ("", "s3:GetObject", false), ("s3:", "s3:GetObject", false),
    ])
    func actions(_ pattern: String, _ action: String, _ expected: Bool) {
        // Prefix and name apart, case ignored, everything else literal.
        #expect(ActionPatterns([pattern]).contains(ActionName(action)) == expected)
    }

    @Test(arguments: [
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y", true), ("arn:aws:s3:::b", "arn:aws:s3:::b/x", false),
        ("arn:aws:sns:*:t", "arn:aws:sns:us-east-1:111122223333:t", false),
        ("arn:*:t", "arn:aws:sns:us-east-1:1:t", false),
        ("arn:aws:sns:*:*:t*", "arn:aws:sns:us-east-1:111122223333:t:1", true), ("*", "*", true),
        ("arn:aws:s3:::*", "*", false),
        ("arn:aws:s3:*", "arn:aws:s3:::b/x", true), ("arn:aws:s3", "arn:aws:s3:::b", true),
        ("ARN:aws:s3:::b", "arn:aws:s3:::b", false),
        ("arn:aws:s3:::${who}/*", "arn:aws:s3:::a*/x", true), ("arn:aws:s3:::${who}/*", "arn:aws:s3:::ab/x", false),
        ("arn:aws:s3:::${none}", "arn:aws:s3:::", false), ("arn:aws:s3:::${none, 'd}'}", "arn:aws:s3:::d}", true),
        ("arn:aws:s3:::${many, 'd'}", "arn:aws:s3:::d", false), ("arn:aws:s3:::${*}", "arn:aws:s3:::*", true),
        ("arn:aws:s3:::${$}{who}", "arn:aws:s3:::${who}", true), ("arn:aws:s3:::${who", "arn:aws:s3:::${who", true),
        ("arn:aws:s3:::${none, d}", "arn:aws:s3:::d", false), ("arn:aws:s3:::a:b", "arn:aws:s3:::a:b", true),
        ("arn:aws:s3:::${WHO}", "arn:aws:s3:::a*", true), ("arn:aws:s3:::${}", "arn:aws:s3:::${}", false),
    ])
    func resources(_ pattern: String, _ resource: String, _ expected: Bool) {
        // Six parts matched apart; variables are literal text; short forms open in identity policies.
        var context = RequestContext()
        context.set("who", "a*")
        context.set("many", values: ["d"])
        let compiled = ResourcePattern(pattern, variables: true, shortForm: .open)
        #expect(compiled.matches(ResourceName(resource), in: context) == expected)
    }

    @Test func shortFormsDependOnTheKind() {
        // A short ARN reads differently in each kind of policy.
        let resource = ResourceName("arn:aws:s3:::b")
        let kinds: [(PolicyKind, Bool, Bool)] = [
            (.identity, true, true), (.session, true, true), (.managed, true, true), (.endpoint, false, true),
            (.resource(service: "s3"), false, true), (.scp, false, true), (.rcp, false, false),
        ]
        for (kind, plain, starred) in kinds {
            let shortForm = kind.shortForm
            #expect(
                ResourcePattern("arn:aws:s3", variables: true, shortForm: shortForm).matches(resource, in: .init())
                    == plain)
            #expect(
                ResourcePattern("arn:aws:s*", variables: true, shortForm: shortForm).matches(resource, in: .init())
                    == starred)
        }
    }
}
