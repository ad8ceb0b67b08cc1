import Federation
import Testing

/// Defends: what a claim says is read as it was meant, or not at all.
@Suite struct ClaimTests {
    @Test(
        arguments: [
            ("1767323045", 1_767_323_045), ("0", 0), ("-1", -1), ("1767323045.9", 1_767_323_045), ("1e9", nil),
            ("1E9", nil), ("9999999999999", nil), ("\"1767323045\"", nil), ("true", nil), ("null", nil), ("[1]", nil),
        ] as [(String, Int64?)])
    func times(_ text: String, _ seconds: Int64?) throws {
        #expect(try Claim.members(Array("{\"exp\":\(text)}".utf8))["exp"]?.seconds == seconds)
    }

    @Test(
        arguments: [
            ("\"app\"", ["app"]), (#"["app","other"]"#, ["app", "other"]), ("[]", []), (#"["app",1]"#, nil), ("1", nil),
            (#"[["app"]]"#, nil), (#"{"app":1}"#, nil), ("null", nil),
        ] as [(String, [String]?)])
    func lists(_ text: String, _ texts: [String]?) throws {
        #expect(try Claim.members(Array("{\"aud\":\(text)}".utf8))["aud"]?.texts == texts)
    }

    @Test(
        arguments: [("1.50", "1.50"), ("true", "true"), ("\"a\"", "a"), ("null", nil), ("[1]", nil)]
            as [(String, String?)])
    func shownOnes(_ text: String, _ shown: String?) throws {
        #expect(try Claim.members(Array("{\"a\":\(text)}".utf8))["a"]?.shown == shown)
    }
}
