import Formats
import Testing
import World

@testable import Authentication

/// A form's policy lets pass what it says and nothing else.
struct PostPolicyTests {
    private static let now = Instant(seconds: 1_700_000_000)

    private func policy(_ conditions: String, expires: String = "2100-01-01T00:00:00Z") throws -> PostPolicy {
        let text = #"{"expiration": "\#(expires)", "conditions": [\#(conditions)]}"#
        return try PostPolicy(Base64.encodeBytes(Array(text.utf8)))
    }

    /// What the client is told; nil where the form may pass.
    private func told(_ conditions: String, _ fields: KeyValuePairs<String, String>) -> String? {
        do {
            let fields = fields.map { ($0.key.lowercased(), $0.key, $0.value) }
            try policy(conditions).check(fields, bucket: "box", at: PostPolicyTests.now)
            return nil
        } catch let refused as PostPolicy.Refused { return refused.refusal.message } catch { return "\(error)" }
    }

    @Test func conditionsAreComparedByTheirBytes() {
        let box = #"{"bucket": "box"}, "#
        #expect(told(box + #"{"key": "k"}"#, ["key": "k"]) == nil)
        #expect(told(box + #"["eq", "$key", "k"]"#, ["Key": "k"]) == nil)
        #expect(told(box + #"["starts-with", "$key", "user/"]"#, ["key": "user/a"]) == nil)
        #expect(told(box + #"["starts-with", "$key", ""], ["starts-with", "$acl", ""]"#, ["key": "k"]) == nil)
        let denied = "Invalid according to Policy: Policy Condition failed: "
        #expect(
            told(box + #"["starts-with", "$key", "user/"]"#, ["key": "User/a"]) == denied
                + #"["starts-with", "$key", "user/"]"#)
        // Composed and decomposed are two texts, though Swift calls them equal.
        #expect(told(box + #"{"key": "\u00e9"}"#, ["key": "e\u{301}"])?.hasPrefix(denied) == true)
        #expect(told(box + #"["eq", "$key", "\$a"]"#, ["key": "$a"]) == nil)
        #expect(told(box + #"["eq", "$key", "\\$a"]"#, ["key": "\\$a"]) == nil)
    }

    @Test func theBucketIsNoFieldOfTheFormsOwn() {
        #expect(told(#"{"key": "k"}"#, ["key": "k"]) == "Invalid according to Policy: Extra input fields: bucket")
        #expect(
            told(#"{"bucket": "other"}, {"key": "k"}"#, ["key": "k", "bucket": "other"])?.contains("$bucket") == true)
    }

    @Test func listsOfTypesAreRightInEachPart() {
        let images = #"{"bucket": "box"}, ["starts-with", "$Content-Type", "image/"]"#
        #expect(told(images, ["Content-Type": "image/png, image/gif"]) == nil)
        #expect(told(images, ["Content-Type": "image/png,text/html"]) != nil)
    }

    @Test func rangesOfSizesMeet() throws {
        let both = try policy(#"["content-length-range", 1, 10], ["Content-Length-Range", "5", "20"]"#)
        #expect(both.sizes == (5, 10))
        #expect(try policy("").sizes == (0, .max))
    }

    @Test func timeIsUpAtTheEnd() throws {
        let end = "2023-11-14T22:13:20.000Z"
        let ending = try policy(#"{"bucket": "box"}"#, expires: end)
        #expect(throws: PostPolicy.Refused.self) { try ending.check([], bucket: "box", at: PostPolicyTests.now) }
        try ending.check([], bucket: "box", at: Instant(milliseconds: PostPolicyTests.now.milliseconds - 1))
    }

    @Test func whatIsNoPolicyIsRefused() {
        for text in [
            "", "[]", "{}", #"{"expiration": "2100-01-01"}"#,
            #"{"expiration": "2100-01-01T00:00:00Z", "conditions": {}}"#,
            #"{"expiration": "2100-01-01T00:00:00Z", "conditions": [[]]}"#,
            #"{"expiration": "2100-01-01T00:00:00Z", "conditions": [["eq", "$a", "b", "c"]]}"#,
            #"{"expiration": "2100-01-01T00:00:00Z", "conditions": [["eq", "$a", 1]]}"#,
            #"{"expiration": "2100-01-01T00:00:00Z", "conditions": [["content-length-range", 2, 1]]}"#,
            #"{"expiration": "2100-01-01T00:00:00Z", "conditions": [["content-length-range", 1.5, 2]]}"#,
            #"{"expiration": "2100-01-01T00:00:00Z", "conditions": []} x"#,
            #"{"expiration": "2100-01-01T00:00:00Z", "expiration": "2100-01-01T00:00:00Z", "conditions": []}"#,
            String(repeating: "[", count: 100),
        ] {
            #expect(throws: PostPolicy.Refused.self, "\(text)") { try PostPolicy(Base64.encodeBytes(Array(text.utf8))) }
        }
        #expect(throws: PostPolicy.Refused.self) { try PostPolicy(Array("%%%".utf8)) }
    }
}
