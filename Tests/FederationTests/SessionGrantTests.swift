import AWS
import Authentication
import Testing
import World

@testable import STSService

/// Defends: what narrows a session is in its token, short enough for any request, and is never overlooked.
@Suite struct SessionGrantTests {
    private static let id = "ASIAQQQQQQQQQQQQQQQQ"
    private let session: Principal

    init() throws {
        session = .roleSession(
            RoleSessionPrincipal(
                account: try #require(AccountID("111122223333")), roleName: "worker", rolePath: "/",
                roleID: "AROAQQQQQQQQQQQQQQQQQ", sessionName: "shift"))
    }

    private func facts(_ inline: String?, _ arns: [String]) -> SessionFacts {
        SessionFacts(
            .assumeRole, issued: Instant(seconds: 1), expires: Instant(seconds: 3601), sessionPolicy: inline,
            sessionPolicyARNs: arns)
    }

    /// What a token of that content says; nil where it is none.
    private func read(_ json: String) -> SessionFacts? {
        SessionGrant.credential(Array(json.utf8), accessKeyID: Self.id)?.session
    }

    /// A token of an earlier server, with the members of session policies.
    private func earlier(_ policies: String) -> SessionFacts? {
        read(
            #"{"s":"x","k":"role","a":"111122223333","r":"worker","p":"/","i":"AROAQQQQQQQQQQQQQQQQQ","n":"shift","#
                + #""o":"R","t":1000,"e":3601000\#(policies)}"#)
    }

    @Test func whatGoesInComesOut() throws {
        let many = (0..<10).map { "arn:aws:iam::111122223333:policy/long-\(String(repeating: "x", count: 100))\($0)" }
        for (inline, arns) in [(nil, []), ("{}", []), (nil, many), ("{}", many)] {
            let bytes = SessionGrant(session, facts(inline, arns)).encoded(secret: "x")
            #expect(bytes.count < 4096)
            #expect(read(String(decoding: bytes, as: UTF8.self)) == facts(inline, arns))
        }
    }

    @Test func whoDoesNotKnowTheMemberRefusesIt() {
        let bytes = SessionGrant(session, facts(nil, ["arn:a"])).encoded(secret: "x")
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""M":[["arn:a"]]"#))
        #expect(earlier(#","M":["arn:a"]"#) == nil)
    }

    @Test func earlierTokens() {
        #expect(earlier("") == facts(nil, []))
        #expect(earlier(#","P":["inline"]"#) == facts("inline", []))
        #expect(earlier(#","P":["text"],"A":["arn:a"]"#) == facts(nil, ["arn:a"]))
        #expect(
            earlier(#","P":["inline","text","more"],"A":["arn:a","arn:b"]"#) == facts("inline", ["arn:a", "arn:b"]))
        for wrong in [#","P":["a","b"]"#, #","A":["arn:a"]"#, #","P":["a","b","c"],"A":["arn:a"]"#] {
            #expect(earlier(wrong) == nil, "\(wrong)")
        }
    }
}
