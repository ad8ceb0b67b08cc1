import Smithy
import Testing

/// Defends: the models' regular expressions mean what Java makes of them.
struct PatternTests {
    @Test(arguments: [
        (#"[\w+=,.@-]+"#, "alice@example.com", true), (#"[\w+=,.@-]+"#, "", false), (#"[\w+=,.@-]*"#, "", true),
        (#"[\w+=,.@-]+"#, "a b", false), (#"[\w+=,.@-]+"#, "é", false),
        (#"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"#, "/", true),
        (#"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"#, "/a/b/", true),
        (#"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"#, "/a", false),
        (#"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"#, "//", false),
        (#"((/[A-Za-z0-9\.,\+@=_-]+)*)/"#, "/a/b-c/", true), (#"((/[A-Za-z0-9\.,\+@=_-]+)*)/"#, "/a//", false),
        (#"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"#, "Größe 1 ½", true), (#"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"#, "a\u{301}", false),
        (#"[\u0009\u000A\u000D\u0020-\u00FF]+"#, "{\n\t\"é\"}", true),
        (#"[\u0009\u000A\u000D\u0020-\u00FF]+"#, "€", false),
        (#"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"#, "a😀", true),
        (#"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*"#, "a😀\t", true),
        (#"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?"#, "v10.a-b", true), (#"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?"#, "v01", false),
        (#"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"#, "my-company", true),
        (#"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"#, "my--company", false),
        (#"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"#, "ab", false), (#"\d{12}"#, "123456789012", true),
        (#"\d{12}"#, "1234567890123", false), (#"arn:[^:]+:(s3|s3express):.*"#, "arn:aws:s3:::b", true),
        (#"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"#, "f:$LATEST", true),
        (#"[\w|\d|\.|_]+"#, "a.b|c", true), (#"^[\w\d\s_.,\-:\[\]]+$"#, "a [b]", true), (#"(?s).*"#, "a\nb", true),
        (#".*"#, "a\nb", false), (#"\S+"#, "a b", false), (##"^[A-Za-z0-9\+\:\/\=\?\#-_]+$"##, "a#b", true),
        (##"^http(s?)://[a-zA-Z0-9._/-]*(\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$"##, "https://a/b?c=d#e", true),
    ])
    func matches(_ source: String, _ text: String, _ expected: Bool) throws {
        #expect(try #require(Pattern(source)).matches(text) == expected)
    }

    /// Defends: matching takes time in proportion to the text, whatever the pattern.
    @Test func doesNotBacktrack() throws {
        let pattern = try #require(Pattern("(a+)+b|(a|a)*c"))
        #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
    }

    @Test(arguments: ["(a", "a)", "[a", "a{2", "(?=a)", "(?<n>a)", "a{3,2}"]) func refusesOtherSyntax(_ source: String)
    {
        #expect(Pattern(source) == nil)
    }
}
